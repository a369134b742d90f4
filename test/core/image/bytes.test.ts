import { describe, expect, test } from 'vitest'
import { judgeBytes, maxInputBytes, measureHeic, sniffFormat } from '../../../src/core/image/bytes.ts'
import { exifTellsPlace } from '../../../src/core/image/place.ts'
import { heic } from '../../support/pictures.ts'

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const brands = (major: string, ...others: string[]): Uint8Array =>
  latin1(`\0\0\0${String.fromCharCode(16 + others.length * 4)}ftyp${major}\0\0\0\0${others.join('')}avifavif`)

test.each([
  ['\xff\xd8\xff\xe0JFIF', 'jpeg'],
  ['\xff\xd8', 'other'],
  ['\x89PNG\r\n\x1a\n\0\0', 'png'],
  ['\x89PNG\n\n', 'other'],
  ['GIF89a', 'gif'],
  ['GIF87a', 'gif'],
  ['GIF90a', 'other'],
  ['RIFF\x0a\0\n\0WEBPVP8 ', 'webp'],
  ['RIFF\0\0\0\0WAVEfmt ', 'other'],
  ['<!DOCTYPE html><p>', 'html'],
  ['\xef\xbb\xbf\n <html>', 'html'],
  ['<?xml version="1.0"?><Error><Code>AccessDenied', 'html'],
  ['<svg xmlns="http://www.w3.org/2000/svg">', 'other'],
  ['II*\0', 'other'],
  ['BM', 'other'],
  ['%PDF-1.7', 'other'],
  ['{"meta":{}}', 'other'],
  ['', 'other'],
])('%j is %s', (bytes, format) => {
  expect(sniffFormat(latin1(bytes))).toBe(format)
})

test.each([
  [brands('avif', 'mif1'), 'avif'],
  [brands('mif1', 'avif', 'miaf'), 'avif'],
  [brands('heic', 'mif1'), 'heic'],
  [brands('mif1', 'heic'), 'heic'],
  [brands('msf1', 'hevc'), 'heic'],
  [brands('isom', 'mp41'), 'other'],
  [brands('qt  '), 'other'],
])('ISO media file %# is %s', (bytes, format) => {
  expect(sniffFormat(bytes)).toBe(format)
})

/** One frame of one pixel, by the specification's letter. */
const gif = latin1(
  'GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff' +
    '!\xf9\x04\0\0\0\0\0' +
    ',\0\0\0\0\x01\0\x01\0\0' +
    '\x02\x02D\x01\0' +
    ';',
)
const whole = { format: 'gif' }
const torn = { refused: 'the file is truncated' }

describe('judgeBytes', () => {
  test('a GIF that only lacks its trailer is whole; one that stops in a frame, or before the first, is not', () => {
    const judged = Array.from({ length: gif.length + 1 }, (_, length) => judgeBytes(gif.subarray(0, length)))
    expect(judged.slice(-2)).toEqual([whole, whole])
    for (const one of judged.slice(6, -2)) expect(one).toEqual(torn)
    expect(judgeBytes(Buffer.concat([gif, latin1('rubbish')]))).toEqual(whole)
    expect(judgeBytes(Buffer.concat([gif.subarray(0, -1), latin1('rubbish')]))).toEqual(whole)
  })

  test('a HEIC file must hold the boxes it announces', () => {
    const file = heic(4032, 3024)
    expect(judgeBytes(file)).toEqual({ format: 'heic' })
    expect(judgeBytes(file.subarray(0, -1))).toEqual(torn)
    expect(judgeBytes(file.subarray(0, file.length / 2))).toEqual(torn)
    expect(judgeBytes(file.subarray(0, 40))).toEqual(torn)
    expect(measureHeic(file)).toEqual({ width: 4032, height: 3024 })
  })

  test.each([
    [new Uint8Array(), /empty/],
    [new Uint8Array(maxInputBytes + 1), /100000001 bytes, more than 100000000/],
    [latin1('<html>'), /HTML/],
    [latin1('<svg/>'), /expected a JPEG, PNG, GIF, WebP, AVIF or HEIC file/],
  ])('refused %#', (bytes, reason) => {
    const judged = judgeBytes(bytes)
    expect('refused' in judged && judged.refused).toMatch(reason)
  })
})

/** EXIF by hand: a first directory with the given tags, the GPS directory behind it. */
function exif(tags: readonly number[], gps: readonly number[], little: boolean): Buffer {
  const bytes = Buffer.alloc(8 + 2 + tags.length * 12 + 4 + 2 + gps.length * 12 + 4)
  const u16 = (v: number, at: number): number =>
    little ? bytes.writeUInt16LE(v, at) : bytes.writeUInt16BE(v, at)
  const u32 = (v: number, at: number): number =>
    little ? bytes.writeUInt32LE(v, at) : bytes.writeUInt32BE(v, at)
  bytes.write(little ? 'II' : 'MM', 'latin1')
  u16(42, 2)
  u32(8, 4)
  const second = 8 + 2 + tags.length * 12 + 4
  u16(tags.length, 8)
  for (const [i, tag] of tags.entries()) {
    u16(tag, 10 + i * 12)
    u32(tag === 0x8825 ? second : 1, 18 + i * 12)
  }
  u16(gps.length, second)
  for (const [i, tag] of gps.entries()) u16(tag, second + 2 + i * 12)
  return bytes
}

describe('exifTellsPlace', () => {
  test.each([
    ['latitude', exif([0x0112, 0x8825], [1, 2], true), true],
    ['big endian', exif([0x0112, 0x8825], [3, 4], false), true],
    ['with its mark', Buffer.concat([latin1('Exif\0\0'), exif([0x8825], [2], true)]), true],
    ['the name of the area', exif([0x8825], [28], true), true],
    ['only the version of GPS, as many cameras write', exif([0x8825], [0], true), false],
    ['the time of the satellites', exif([0x8825], [0, 7, 29], true), false],
    ['no GPS, big endian', exif([0x0112], [], false), false],
    ['no GPS', exif([0x0112, 0x010f], [2], true), false],
    ['a GPS directory cut off', exif([0x8825], [0, 0, 0, 0], true).subarray(0, 40), true],
    ['a directory out of reach', latin1('II*\0\xff\xff\xff\x7f'), true],
    ['nothing behind the mark', latin1('Exif\0\0'), false],
    ['no EXIF at all', latin1('something else'), false],
    ['empty', new Uint8Array(), false],
  ])('%s', (_, bytes, tells) => {
    expect(exifTellsPlace(bytes)).toBe(tells)
  })
})

/**
 * Stands in for the package form-data in the bundle. tumblr.js takes that for posting media to Tumblr, which Levity never
 * does, and it brings 165 KB of media types.
 */
export default class FormData {
  constructor() {
    throw new Error('Expected no form to be sent to Tumblr: Levity only reads there')
  }
}

export interface ImageSource {
  /** The bytes behind an image address of Tumblr's. Throws ServiceError ('the image host'): refused host, too large, not an image, no answer. */
  fetchImage(url: string): Promise<Uint8Array>
}

import type { Decoded } from './decode-chain.ts'

/** One picture to read: a frame of a moving one, or a file with a still one. */
export type DecodeQuestion =
  { readonly id: number; readonly frame: ImageBitmap } | { readonly id: number; readonly file: Blob }

/** What a file turned out to be, where there is nothing in it to read. */
export type FileTrouble = 'notPicture' | 'tooLarge' | 'locked'

export interface DecodedPicture extends Decoded {
  readonly trouble?: FileTrouble
  /** The worker gave up, or was stopped, before it had looked everywhere. */
  readonly cut?: true
}

/** The worker says that it begins, with what it needs loaded: from then on its time counts. Then it answers. */
export type DecodeAnswer =
  | { readonly id: number; readonly begun: 'frame' | 'picture' | 'pdf' }
  | { readonly id: number; readonly decoded: DecodedPicture }

import type { FrameWish } from './frames.ts'

/** What the worker is asked: to read drawn frames, to wait before empty ones, to read a frame of a camera. */
export type Question =
  | { readonly wishes: readonly FrameWish[]; readonly peers: boolean }
  | { readonly empty: number }
  | { readonly frame: unknown }

export interface Tally {
  readonly read: number
  /** Texts that did not stand in the frame. */
  readonly wrong: number
  readonly times: readonly number[]
}

export type Told =
  | { readonly frames: number; readonly tallies: Readonly<Record<string, Tally>> }
  | { readonly idle: readonly number[] }
  | { readonly texts: readonly string[] }

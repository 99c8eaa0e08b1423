import type { Decoded } from './decode-chain.ts'

/** What to tell whoever holds a code before the camera; each is a row `scan.<hint>` of the messages. */
export type Hint = 'aim' | 'tooFar' | 'tooDark' | 'glare'

/** Milliseconds without a code before anything is said about the light. */
const patience = 1_500
/** Pixels of a module below which readers begin to fail. */
const leastModule = 2.2
const darkBelow = 40
/** No lens is as dark: there is no picture. */
const blackBelow = 1
/** Part of the middle of the picture. */
const glareAbove = 0.25

/**
 * What the last frame shows to be the matter, from what was measured in it.
 *
 * @param empty milliseconds in which no code was read
 */
export function hintOf({ texts, light, pixelsPerModule }: Decoded, empty: number): Hint {
  if (texts.length > 0) return 'aim'
  if (pixelsPerModule !== undefined && pixelsPerModule < leastModule) return 'tooFar'
  if (empty < patience || light.mean < blackBelow) return 'aim'
  if (light.mean < darkBelow) return 'tooDark'
  return light.glare > glareAbove ? 'glare' : 'aim'
}

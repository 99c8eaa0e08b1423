const hidden = '*'

/**
 * A document number with its middle hidden: `519999********0013`.
 *
 * A number of 15 characters or more keeps 6 and 4, a shorter one its first and last 2; below 6 all is hidden.
 */
export function maskNumber(value: string): string {
  const characters = Array.from(value)
  const [head, tail] = characters.length >= 15 ? [6, 4] : characters.length >= 6 ? [2, 2] : [0, 0]
  return characters.map((each, at) => (at < head || at >= characters.length - tail ? each : hidden)).join('')
}

/** A resident number in groups of 6, 8 and 4; other numbers in one group. */
export function groupNumber(value: string): readonly string[] {
  return /^[\d*]{17}[\dX*]$/.test(value) ? [value.slice(0, 6), value.slice(6, 14), value.slice(14)] : [value]
}

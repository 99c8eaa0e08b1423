/** Between two characters of a scanner; nobody types so fast. */
const fastest = 10
/** After this much silence a code without an ending is complete. */
const silence = 120
const longest = 8_192

export interface Gun {
  /** Takes one key with the time it was pressed, in milliseconds. Answers a complete code. */
  key(key: string, at: number): string | undefined
  /** Answers a code that ended without Enter, once it has been silent long enough. */
  rest(at: number): string | undefined
}

/**
 * Tells a scanner gun, which types like a keyboard, from a person.
 *
 * A code is a run of characters each less than 10 ms after the one before (in the mean), closed by Enter, Tab or
 * silence. What comes slower was typed by hand and is dropped.
 */
export function createGun(least = 8): Gun {
  let text = ''
  let first = 0
  let last = 0

  const take = (): string | undefined => {
    const found = text
    const swift = found.length >= least && (last - first) / Math.max(1, found.length - 1) <= fastest
    text = ''
    return swift ? found : undefined
  }

  return {
    key(key, at) {
      if (text !== '' && at - last > silence) text = ''
      if (key === 'Enter' || key === 'Tab') return take()
      if (Array.from(key).length !== 1) return undefined
      if (text === '') first = at
      text = (text + key).slice(-longest)
      last = at
      return undefined
    },
    rest(at) {
      return text !== '' && at - last > silence ? take() : undefined
    },
  }
}

/** A code longer than this no scanner sends. */
const longest = 8_192

export interface GunLines {
  /** Takes bytes as they come. Answers the codes that are whole now. */
  bytes(part: Uint8Array): readonly string[]
  /** Answers what came without an ending; ask after some silence. */
  rest(): string | undefined
}

/** Cuts what a scanner sends over a wire into codes: each ends with CR, LF, Tab or NUL. */
export function createGunLines(): GunLines {
  let decoder = new TextDecoder()
  let text = ''

  const fresh = (): string | undefined => {
    const found = text.trim()
    text = ''
    return found === '' ? undefined : found
  }

  return {
    bytes(part) {
      const found: string[] = []
      for (const letter of decoder.decode(part, { stream: true })) {
        if (!'\r\n\t\0'.includes(letter)) {
          if (text.length < longest) text += letter
          continue
        }
        const code = fresh()
        if (code !== undefined) found.push(code)
      }
      return found
    },
    rest() {
      decoder = new TextDecoder()
      return fresh()
    },
  }
}

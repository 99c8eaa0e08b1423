import * as z from 'zod/mini'

const id = z.string().check(z.minLength(1), z.maxLength(200))
const line = z.string().check(z.minLength(1), z.maxLength(80))

/** What can be done with a document on paper, and with one that was just removed. */
export const copies = {
  /**
   * Puts back a document that was removed a moment ago, its copies as used as they were. Only until the wallet is locked,
   * for a minute, and while no other document has taken its place. Faults: document.not_found.
   */
  'documents.restore': { input: z.strictObject({ id }), output: z.strictObject({}) },

  /**
   * An annotated copy was made on this device: notes for whom, what for, and which items stand on it. `entry` is its
   * number in the history. Faults: document.not_found.
   */
  'documents.copied': {
    input: z.strictObject({ id, recipient: line, purpose: line, items: z.array(z.string().check(z.maxLength(200))) }),
    output: z.object({ entry: z.string(), at: z.int() }),
  },
} as const

import { derivePrivateJwk, signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { formatAddCheckpoint } from '@fujie/shared/core/log/add-checkpoint.ts'
import { formatCheckpoint } from '@fujie/shared/core/log/checkpoint.ts'
import { makeConsistency } from '@fujie/shared/core/log/consistency.ts'
import { formatNote, formatVerifierKey, noteTypes, verifierKey } from '@fujie/shared/core/log/note.ts'
import { hashLeaf, LogTree } from '@fujie/shared/core/log/tree.ts'
import { signNote } from '@fujie/shared/ports/sign-note.ts'
import type { WitnessStore } from '../../../registry/witness/store.ts'
import { Witness } from '../../../registry/witness/witness.ts'

const key = (name: string) => signerOfJwk(derivePrivateJwk('race', name, 'Ed25519'))
const origin = 'log.test'
const clock = { now: () => 1_795_392_000 }
const logKeys = [formatVerifierKey(verifierKey(origin, noteTypes.ed25519, key('log').publicJwk))]

export const witnessOver = (store: WitnessStore) =>
  new Witness('w1.test', [{ origin, logKeys }], { clock, key: key('w1'), store })

/** Two logs with one beginning, the second of which goes its own way behind it. */
export class TwoHeads {
  readonly #trees = [new LogTree(), new LogTree()] as const

  /** Both trees grow by so many entries, each by its own. */
  grow(count: number): void {
    for (const [i, tree] of this.#trees.entries()) {
      for (let at = 0; at < count; at++) tree.append(hashLeaf(utf8(`${i} ${tree.size}`)))
    }
  }

  /** Both trees grow by the same entries. */
  growTogether(count: number): void {
    for (const tree of this.#trees) for (let at = 0; at < count; at++) tree.append(hashLeaf(utf8(`${tree.size}`)))
  }

  get size(): number {
    return this.#trees[0].size
  }

  /** What the log asks a witness in this view: to go on from `from` to `size`. */
  async request(view: 0 | 1, from: number, size = this.size): Promise<string> {
    const tree = this.#trees[view]
    const text = formatCheckpoint({ origin, size, root: tree.root(size) })
    const note = formatNote({ text, signatures: [await signNote(key('log'), origin, noteTypes.ed25519, text, 0)] })
    return formatAddCheckpoint(from, from === 0 ? [] : makeConsistency(tree, from, size).path, note)
  }
}

/** The defence taken away: between look and write others may come in. */
export function withoutTransaction(store: WitnessStore): WitnessStore {
  return {
    ...store,
    async advance(name, decide) {
      const next = decide(store.latest(name))
      await Promise.resolve()
      await store.advance(name, () => next)
    },
  }
}

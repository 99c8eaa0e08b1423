import { equalBytes } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault, faultCode, type FaultCode } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { parseCheckpoint, type Head } from '@fujie/shared/core/log/checkpoint.ts'
import { makeConsistency } from '@fujie/shared/core/log/consistency.ts'
import {
  parseNote,
  parseVerifierKey,
  verifiedSignatures,
  type NoteSignature,
  type VerifiedSignature,
  type VerifierKey,
} from '@fujie/shared/core/log/note.ts'
import { timeOfQuorum, type Quorum } from '@fujie/shared/core/log/quorum.ts'
import { subtreeRoot, type TreeNodes } from '@fujie/shared/core/log/tree.ts'
import { parseTrustPolicy } from '@fujie/shared/core/log/trust-policy.ts'
import type { LogPolicy } from '@fujie/shared/core/record/policy.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Witness, WitnessAt } from './ports.ts'

export interface WitnessesPorts {
  readonly clock: Clock
  readonly witnessAt: WitnessAt
  /** Told of what must stop the log: `registry.behind`, `log.fork`. */
  readonly alarm: (code: FaultCode) => void
}

/** One of the trust policy, as far as we know it. */
interface Asked {
  readonly key: VerifierKey
  readonly witness: Witness
  /** The size it stands for. */
  size: number
  trouble?: FaultCode
}

interface Signed {
  readonly line: NoteSignature
  readonly verified: VerifiedSignature
}

/** A head with the tree it is the head of, which may have grown on. */
export interface TreeHead extends Head {
  readonly tree: TreeNodes
}

/** The witnesses of the policy in force: what they have seen, and their cosignatures. */
export class Witnesses {
  readonly #ports: WitnessesPorts
  readonly #origin: string
  #asked: ReadonlyMap<string, Asked> = new Map()
  /** Witnesses without an address: they may have signed, and cannot be heard. */
  #unasked: readonly VerifierKey[] = []
  #quorum: Quorum | undefined
  #logKeys: readonly VerifierKey[] = []
  /** Size of the newest head that was asked for: who answers late may know it already. */
  #newest = 0

  constructor(ports: WitnessesPorts, origin: string) {
    this.#ports = ports
    this.#origin = origin
  }

  /** Takes a policy for the one in force; what is known of witnesses that stay is kept. */
  follow({ trust, logKeys }: Pick<LogPolicy, 'trust' | 'logKeys'>): void {
    const { witnesses, quorum } = parseTrustPolicy(trust)
    const before = this.#asked
    const now = witnesses.flatMap(({ vkey, url }): [string, Asked][] => {
      if (url === undefined) return []
      return [[vkey, before.get(vkey) ?? { key: parseVerifierKey(vkey), witness: this.#ports.witnessAt(url), size: 0 }]]
    })
    this.#asked = new Map(now)
    this.#unasked = witnesses.filter(({ url }) => url === undefined).map(({ vkey }) => parseVerifierKey(vkey))
    this.#quorum = quorum
    this.#logKeys = logKeys.map(parseVerifierKey).filter(({ type }) => type === 1)
  }

  /** Whether a checkpoint needs anybody but the log. */
  get isNeeded(): boolean {
    return this.#quorum !== undefined
  }

  /** What keeps witnesses from signing, by their names. */
  get troubles(): ReadonlyMap<string, FaultCode> {
    const troubled = [...this.#asked.values()].flatMap(({ key, trouble }) => (trouble ? [[key.name, trouble]] : []))
    return new Map(troubled as [string, FaultCode][])
  }

  /**
   * Asks the witnesses what they have seen of the log, before anything is signed: somebody may have restored an old
   * copy of us.
   *
   * True only if those that answered are so many that no quorum can have signed behind their backs.
   */
  async compare(head: TreeHead): Promise<boolean> {
    const silent: VerifiedSignature[] = this.#unasked.map((key) => ({ key, time: 0 }))
    await Promise.all(
      [...this.#asked.values()].map(async (asked) => {
        if (!(await this.#compareOne(asked, head))) silent.push({ key: asked.key, time: 0 })
      }),
    )
    return this.#quorum === undefined || timeOfQuorum(this.#quorum, silent) === undefined
  }

  async #compareOne(asked: Asked, head: TreeHead): Promise<boolean> {
    try {
      const seen = await this.#copyOf(asked)
      if (seen !== undefined) this.#judge(seen, head)
      asked.size = seen?.size ?? 0
      delete asked.trouble
      return true
    } catch (thrown) {
      asked.trouble = faultCode(thrown)
      return false
    }
  }

  /** What the log itself has signed and the witness kept. */
  async #copyOf({ witness }: Asked): Promise<Head | undefined> {
    const text = await witness.latest(this.#origin)
    if (text === undefined) return undefined
    const note = parseNote(text)
    const checkpoint = parseCheckpoint(note.text)
    const signed = await verifiedSignatures(note, this.#logKeys)
    if (checkpoint.origin !== this.#origin || signed.length === 0) throw new Fault('witness.refused', { at: 'copy' })
    return checkpoint
  }

  /** Our key on a head we do not know: behind, if it is larger; two histories, if it is not in ours. */
  #judge(seen: Head, head: TreeHead): void {
    if (seen.size > head.size) this.#ports.alarm('registry.behind')
    else if (!equalBytes(subtreeRoot(head.tree, 0, seen.size), seen.root)) this.#ports.alarm('log.fork')
  }

  /** The cosignatures of a checkpoint as soon as they meet the quorum; undefined if they do not. */
  cosign(note: string, head: TreeHead): Promise<readonly NoteSignature[] | undefined> {
    const signed: Signed[] = []
    this.#newest = head.size
    const asked = [...this.#asked.values()]
    return new Promise((resolve) => {
      let open = asked.length
      if (open === 0) resolve(this.#quorum === undefined ? [] : undefined)
      for (const each of asked) {
        void this.#signatureOf(each, note, head).then((found) => {
          open--
          signed.push(...found)
          // Who comes later is in the next checkpoint; nobody waits for the slowest.
          if (this.#isMet(signed)) resolve(signed.map(({ line }) => line))
          else if (open === 0) resolve(undefined)
        })
      }
    })
  }

  #isMet(signed: readonly Signed[]): boolean {
    const verified = signed.map((each) => each.verified)
    return this.#quorum === undefined || timeOfQuorum(this.#quorum, verified) !== undefined
  }

  async #signatureOf(asked: Asked, note: string, head: TreeHead): Promise<readonly Signed[]> {
    try {
      const found = await this.#ask(asked, note, head)
      delete asked.trouble
      return found
    } catch (thrown) {
      asked.trouble = faultCode(thrown)
      return []
    }
  }

  /** A second time only where the witness stands for another size than we thought. */
  async #ask(asked: Asked, note: string, head: TreeHead): Promise<readonly Signed[]> {
    for (let attempt = 0; attempt < 2; attempt++) {
      const old = Math.min(asked.size, head.size)
      const path = old === 0 ? [] : makeConsistency(head.tree, old, head.size).path
      const answer = await asked.witness.add(old, path, note)
      if (answer.kind === 'signed') {
        asked.size = Math.max(asked.size, head.size)
        return this.#good(asked.key, note, answer.signatures)
      }
      if (answer.kind === 'inconsistent') return this.#stop('log.fork')
      if (answer.kind === 'busy') throw new Fault('witness.unreachable', { at: 'busy' })
      if (answer.kind === 'refused') throw new Fault('witness.refused')
      if (answer.size > this.#newest) return this.#ahead(asked)
      if (answer.size > head.size) throw new Fault('witness.unreachable', { at: 'late' })
      // It was asked from the very size it names: what it cannot accept is the root.
      if (answer.size === old && old === head.size) return this.#stop('log.fork')
      asked.size = answer.size
    }
    throw new Fault('witness.refused', { at: 'size' })
  }

  /** A number alone proves nothing, but without its copy we cannot know that nobody signed in our name. */
  async #ahead(asked: Asked): Promise<readonly Signed[]> {
    const seen = await this.#copyOf(asked).catch((thrown: unknown) => {
      if (faultCode(thrown) === 'witness.unreachable') return { size: Number.POSITIVE_INFINITY }
      throw thrown
    })
    if (seen === undefined || seen.size <= this.#newest) throw new Fault('witness.refused', { at: 'size' })
    return this.#stop('registry.behind')
  }

  #stop(code: FaultCode): never {
    this.#ports.alarm(code)
    throw new Fault(code)
  }

  /** The lines of a witness that are its own, over this note, and of our time. */
  async #good(key: VerifierKey, note: string, lines: readonly NoteSignature[]): Promise<readonly Signed[]> {
    const { text } = parseNote(note)
    const now = this.#ports.clock.now()
    for (const line of lines) {
      const [verified] = await verifiedSignatures({ text, signatures: [line] }, [key])
      if (verified?.time !== undefined && Math.abs(verified.time - now) <= lifetimes.clockSlack)
        return [{ line, verified }]
    }
    throw new Fault('witness.refused', { at: 'signature' })
  }
}

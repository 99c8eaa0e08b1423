import type * as z from 'zod/mini'
import { formatDateTime } from '@fujie/shared/core/date-time.ts'
import { equalBytes, utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant, Seconds } from '@fujie/shared/core/instant.ts'
import type { Access } from './access.ts'
import { backupRecords, reapplications, restoredRecords } from './backup-contents.ts'
import { openBackup, parseBackup, sealBackup, type OpenBackup } from './backup-file.ts'
import { answersQuestion, readBackupKeys } from './backup-keys.ts'
import { keep, readRecord, readRecords, storedDocument, type Records } from './contents.ts'
import { storedLast, storedMade, storedRestored, type StoredReapply } from './contents-backup.ts'
import type { Answers, WalletMethods } from './contract.ts'
import type { BackupCount, BackupDue, BackupView, ReapplyView } from './contract/backup.ts'
import { holdingsOf, type Holding } from './copies.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'
import { entropyOfWords } from './recovery-words.ts'
import { Transfers } from './transfers.ts'
import type { Trust } from './trust.ts'
import { displayOfType } from './type-display.ts'
import type { SlotSecret } from './vault-slot.ts'
import type { VaultChange } from './vault.ts'

const oldAfter: Seconds = 30 * 86_400
const checkAfter: Seconds = 90 * 86_400
/** A backup must be there before the third document. */
const documentsWithout = 2

export interface BackupParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random'>
  readonly access: Access
  readonly news: News
  readonly trust: Trust
}

type Last = z.output<typeof storedLast>
type Asked<Name extends keyof WalletMethods> = Parameters<Answers<WalletMethods>[Name]>[0]

/** Makes backups, opens them to see what they hold, and makes a wallet out of one. */
export class Backup {
  readonly #parts: BackupParts
  readonly #files: Transfers
  /** What the backup on its way out holds, by its id. */
  #leaving: { readonly id: string; readonly documents: number; readonly size: number } | undefined

  constructor(parts: BackupParts) {
    this.#parts = parts
    this.#files = new Transfers(parts.ports.random)
    parts.access.onLock(() => this.#files.forget())
  }

  view(): BackupView {
    const { vault } = this.#parts.access
    const last = readRecord(vault, 'settings', 'backup/last', storedLast) ?? {}
    const { words, password, question } = readBackupKeys(vault)
    const restored = this.#restored()
    return {
      due: this.#due(last),
      ...(last.at === undefined ? {} : { last: { at: last.at, documents: last.documents ?? 0, size: last.size ?? 0 } }),
      ...(last.checkedAt === undefined ? {} : { checkedAt: last.checkedAt }),
      ...(question === undefined || words === undefined || password === undefined ? {} : { places: [...question.at] }),
      ...(restored === undefined ? {} : { restored }),
    }
  }

  #due({ firstAt, at, checkedAt }: Last): BackupDue {
    const { access, ports } = this.#parts
    if (access.isDemo) return 'none'
    if (at === undefined) return access.vault.all('documents').size >= documentsWithout ? 'must' : 'first'
    const now = ports.clock.now()
    if (isPast(at, oldAfter, now)) return 'old'
    return isPast(checkedAt ?? firstAt ?? at, checkAfter, now) ? 'check' : 'none'
  }

  /** What is still to be got again: whatever came since takes its line away. */
  #restored(): BackupView['restored'] {
    const { vault } = this.#parts.access
    const restored = readRecord(vault, 'settings', 'backup/restored', storedRestored)
    if (restored === undefined) return undefined
    const holdings = holdingsOf(vault)
    const again = restored.reapply.filter((each) => !holdings.some((holding) => bringsBack(holding, each)))
    return again.length === 0 ? undefined : { at: restored.at, madeAt: restored.madeAt, again: again.map(viewReapply) }
  }

  /** @throws Fault `vault.wrong_passphrase`, `backup.words_needed`, `store.full` */
  async make({ words, passphrase }: Asked<'backup.make'>): Promise<{ id: string; name: string; size: number }> {
    const { access, ports } = this.#parts
    const { vault } = access
    const keys = readBackupKeys(vault)
    if (keys.words === undefined || keys.password === undefined) throw new Fault('backup.words_needed')
    if (passphrase !== undefined) await access.needPassphrase(passphrase)
    else if (keys.question === undefined || !answersQuestion(keys.question, words ?? []))
      throw new Fault('vault.wrong_passphrase', { words: true })

    const at = ports.clock.now()
    const made = utf8(JSON.stringify({ at, reapply: await this.#reapply() }))
    const records = [...backupRecords(vault), { store: 'settings' as const, id: 'backup/made', value: made }]
    const wrapping = { words: keys.words, password: keys.password }
    const file = await sealBackup(ports.random, vault.header, wrapping, records)
    const id = this.#files.offer(file)
    const documents = records.filter(({ store }) => store === 'documents').length
    this.#leaving = { id, documents, size: file.length }
    return { id, name: nameOf(at), size: file.length }
  }

  #reapply(): Promise<StoredReapply[]> {
    const { access, trust } = this.#parts
    return reapplications(access.vault, async ({ document }) => {
      const described = await trust.metadataOf(document.type, document.metadata[document.type]).catch(() => undefined)
      return described && displayOfType(described).name
    })
  }

  /** The n-th part of a backup; with the last one it counts as saved. */
  async part({ id, n }: Asked<'backup.part'>): Promise<{ data: string; last: boolean }> {
    const { news, ports } = this.#parts
    const part = this.#files.part(id, n)
    if (!part.last || this.#leaving?.id !== id) return part
    const { documents, size } = this.#leaving
    const at = ports.clock.now()
    await this.#note(({ firstAt = at }) => ({ firstAt, at, documents, size }))
    this.#leaving = undefined
    news.post({ kind: 'vault' })
    return part
  }

  #note(change: (last: Last) => Partial<Last>): Promise<void> {
    const { vault } = this.#parts.access
    return vault.commit(() => {
      const last = readRecord(vault, 'settings', 'backup/last', storedLast) ?? {}
      return [keep('settings', 'backup/last', { ...last, ...change(last) })]
    })
  }

  feed({ id, data }: Asked<'backup.feed'>): { id: string; size: number } {
    return this.#files.take(id, data)
  }

  /**
   * 检查备份: what a backup holds. A sound one of the open vault is remembered, nothing else changes. Faults of `openBackup`.
   */
  async check({ id, passphrase, words }: Asked<'backup.check'>): Promise<BackupCount> {
    const { access, ports, news } = this.#parts
    const { backup } = await this.#open(id, { passphrase, words })
    const counted = this.#count(backup, access.isOpen() ? access.vault.header.vaultId : undefined)
    if (!counted.own) return counted
    await this.#note(() => ({ checkedAt: ports.clock.now() }))
    news.post({ kind: 'vault' })
    return counted
  }

  /** Makes the wallet of this device out of a backup. Faults of `openBackup`, `vault.exists`, `vault.weak_passphrase`. */
  async restore(input: Asked<'backup.restore'>): Promise<BackupCount> {
    const { backup, secret } = await this.#open(input.id, input)
    const { vaultId } = backup.header
    const keys = readBackupKeys(backup)
    const counted = this.#count(backup, vaultId)
    const entropy = secret.kind === 'recovery' ? secret.entropy : undefined
    if (entropy === undefined && keys.words === undefined) throw new Fault('backup.malformed', { part: 'keys' })
    await this.#parts.access.restore({
      ...{ demo: false, vaultId, question: keys.question, pin: input.pin },
      passphrase: input.newPassphrase ?? input.passphrase ?? '',
      words: entropy === undefined ? { wordsKek: keys.words as Uint8Array } : { entropy },
      changes: [...restoredRecords(backup), this.#noteRestored(counted, madeOf(backup).reapply)],
    })
    this.#files.forget()
    return counted
  }

  #noteRestored({ madeAt, documents, history }: BackupCount, reapply: readonly StoredReapply[]): VaultChange {
    const at = this.#parts.ports.clock.now()
    return keep('settings', 'backup/restored', { at, madeAt, documents, history, reapply })
  }

  async #open(
    id: string,
    { passphrase, words }: { passphrase?: string | undefined; words?: string | undefined },
  ): Promise<{ readonly backup: OpenBackup; readonly secret: SlotSecret }> {
    const container = parseBackup(this.#files.taken(id))
    const secret: SlotSecret =
      words === undefined
        ? { kind: 'password', passphrase: passphrase ?? '' }
        : { kind: 'recovery', entropy: entropyOfWords(words) }
    return { backup: await openBackup(container, secret), secret }
  }

  #count(backup: OpenBackup, vaultId: Uint8Array | undefined): BackupCount {
    const { at, reapply } = madeOf(backup)
    return {
      madeAt: at,
      documents: readRecords(backup, 'documents', storedDocument).length,
      dids: [...backup.all('dids').keys()].filter((id) => id.startsWith('id/')).length,
      history: [...backup.all('history').keys()].filter((id) => /^\d+$/.test(id)).length,
      own: vaultId !== undefined && equalBytes(backup.header.vaultId, vaultId),
      again: reapply.map(viewReapply),
    }
  }
}

function madeOf(backup: Records) {
  const made = readRecord(backup, 'settings', 'backup/made', storedMade)
  if (made === undefined) throw new Fault('backup.malformed', { part: 'made' })
  return made
}

/** Longer ago than that; or noted under a clock that was ahead, which must not put a reminder off for good. */
function isPast(then: Instant, limit: Seconds, now: Instant): boolean {
  return now - then > limit || then > now + 86_400
}

function bringsBack({ document, copies }: Holding, { type, issuer, subject, back }: StoredReapply): boolean {
  if (document.type !== type || document.issuer.id !== issuer.id || document.subject !== subject) return false
  return !back || copies.some(({ edition }) => edition === 'counter')
}

function viewReapply({ type, typeName, issuer, reason, back }: StoredReapply): ReapplyView {
  return {
    ...{ type, host: issuer.host, reason, back },
    ...(typeName === undefined ? {} : { typeName }),
    ...(issuer.name === undefined ? {} : { issuer: issuer.name }),
  }
}

/** `fujie-2026-11-24.fujiebackup`, by the day in UTC. */
function nameOf(at: Instant): string {
  return `fujie-${formatDateTime(at).slice(0, 10)}.fujiebackup`
}

import type { IconName } from '@fujie/shared/ui/icons.ts'
import { isFaultCode } from '@fujie/shared/core/fault.ts'
import { language } from '@fujie/shared/ui/language.svelte.ts'
import { sayFault, sayFinding, type PlainKey } from '@fujie/shared/ui/messages.ts'
import type { HistoryEntry, HistoryKind } from '../engine/contract.ts'

interface KindLook {
  readonly words: PlainKey
  readonly icon: IconName
  readonly tone: 'brand' | 'ok' | 'plain' | 'bad' | 'warn'
}

/** How each kind of entry is told and drawn. */
export const kindLook: Readonly<Record<HistoryKind, KindLook>> = {
  received: { words: 'history.received', icon: 'down', tone: 'brand' },
  shared: { words: 'history.shared', icon: 'check', tone: 'ok' },
  shown: { words: 'history.shown', icon: 'scan', tone: 'ok' },
  signed_in: { words: 'history.signedIn', icon: 'key', tone: 'ok' },
  declined: { words: 'history.refused', icon: 'hand', tone: 'plain' },
  refused: { words: 'history.turnedDown', icon: 'cross', tone: 'bad' },
  failed: { words: 'history.failed', icon: 'warning', tone: 'warn' },
  removed: { words: 'history.removed', icon: 'trash', tone: 'plain' },
  restored: { words: 'history.restored', icon: 'renew', tone: 'plain' },
  copied: { words: 'history.copied', icon: 'copy', tone: 'brand' },
  linked: { words: 'history.linked', icon: 'export', tone: 'brand' },
  identity: { words: 'history.identity', icon: 'key', tone: 'brand' },
}

/** Kinds in which somebody stood opposite, whose standing then is worth telling. */
const opposite: ReadonlySet<HistoryKind> = new Set(['received', 'shared', 'refused', 'declined', 'failed'])

export function hasStanding({ kind }: HistoryEntry): boolean {
  return opposite.has(kind)
}

/** Why it ended so, in words. */
export function sayCode(code: NonNullable<HistoryEntry['code']>): string {
  return isFaultCode(code) ? sayFault(language.current, code).words : sayFinding(language.current, code)
}

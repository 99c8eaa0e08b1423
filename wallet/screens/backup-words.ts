import { t } from '@fujie/shared/ui/language.svelte.ts'
import type { BackupDue } from '../engine/contract/backup.ts'

const words = { first: 'backup.none', must: 'backup.must', old: 'backup.old', check: 'backup.checkDue' } as const

/** What there is to say about the age of the backups; undefined: nothing. */
export function ageWords(due: BackupDue): string | undefined {
  return due === 'none' ? undefined : t(words[due])
}

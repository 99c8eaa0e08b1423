import type { Instant } from '@fujie/shared/core/instant.ts'
import { t } from '@fujie/shared/ui/language.svelte.ts'

const day = 86_400

/** How long the other side may still keep what was shown, and whether that time is over. */
export function sayKeepLeft(deleteBy: Instant, now: Instant): { readonly words: string; readonly over: boolean } {
  const left = deleteBy - now
  if (left >= day) return { words: t('history.daysLeft', { n: Math.floor(left / day) }), over: false }
  if (left >= 0) return { words: t('history.dueToday'), over: false }
  return { words: t('history.overdue', { n: Math.ceil(-left / day) }), over: true }
}

import type { ClaimRow } from '@fujie/shared/ui/claim-row.ts'
import { sayCalendarDate } from '@fujie/shared/ui/dates.ts'
import { language, t } from '@fujie/shared/ui/language.svelte.ts'
import type { ClaimView } from '../engine/contract.ts'
import { inWords } from './in-words.ts'

/** Claims as lines to read; pictures are left to whoever shows them. */
export function claimRows(claims: readonly ClaimView[]): readonly ClaimRow[] {
  return claims
    .filter((claim) => claim.kind !== 'picture')
    .map((claim) => ({
      name: claim.path,
      label: inWords(claim.label),
      value: claimValue(claim),
      masked: claim.masked !== undefined,
    }))
}

function claimValue({ kind, value }: ClaimView): string {
  switch (kind) {
    case 'date':
      return sayCalendarDate(language.current, value.zh)
    case 'yes_no':
      return t(value.zh === 'true' ? 'yes' : 'no')
    case 'long_term':
      return t('longTerm')
    case 'text':
    case 'picture':
      return inWords(value)
  }
}

import { describeFaults } from './faults.ts'
import { lifetimeTable, limitTables, triesTable } from './limit-tables.ts'
import { withTables } from './markdown.ts'
import { threatTable } from './threat-tables.ts'
import { algorithmTable, formatTable, purposeTable, suiteTable, tokenKinds } from './token-tables.ts'
import { clientIdTable, codeTable, evidenceKindTable, statusValueTable, weightTable } from './verdict-tables.ts'

type Tables = Readonly<Record<string, () => string>>

/** Pages of which only the tables are generated, by marker. */
const tables: Readonly<Record<string, Tables>> = {
  'docs/threat-model.md': {
    'threats-tokens': () => threatTable('tokens'),
    'threats-protocols': () => threatTable('protocols'),
    'threats-registry': () => threatTable('registry'),
    'threats-wallet': () => threatTable('wallet'),
    'threats-supply': () => threatTable('supply'),
  },
  'docs/protocol/tokens.md': { kinds: tokenKinds, purposes: purposeTable, algorithms: algorithmTable },
  'docs/protocol/credentials.md': { formats: formatTable },
  'docs/protocol/presentations.md': { clients: clientIdTable, codes: codeTable },
  'docs/protocol/status.md': { values: statusValueTable },
  'docs/protocol/verdicts.md': { weights: weightTable, evidence: evidenceKindTable },
  'docs/protocol/suites.md': { suites: suiteTable },
  'docs/protocol/limits.md': { ...limitTables(), lifetimes: lifetimeTable, tries: triesTable },
}

/** What a page is to say: all of it from tables, or its text as it stands with the tables of now in it. */
export const pages: Readonly<Record<string, (now: string) => string>> = {
  'docs/faults.md': describeFaults,
  ...Object.fromEntries(
    Object.entries(tables).map(([file, ofPage]) => [file, (now: string) => withTables(now, ofPage)] as const),
  ),
}

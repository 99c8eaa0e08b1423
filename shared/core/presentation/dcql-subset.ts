import type { ClaimPath, ClaimQuery, CredentialQuery, DcqlQuery, TypeQuery } from './dcql-query.ts'

/** Ids of the credential queries that ask for more than any query registered for the purpose does. */
export function excessQueries(query: DcqlQuery, registered: readonly DcqlQuery[]): ReadonlySet<string> {
  const allowed = registered.flatMap((each) => each.credentials)
  const excess = query.credentials.filter((asked) => !allowed.some((each) => isWithin(asked, each)))
  return new Set(excess.map(({ id }) => id))
}

function isWithin(asked: CredentialQuery, allowed: CredentialQuery): boolean {
  return (
    asked.format === allowed.format &&
    isTypeWithin(asked.type, allowed.type) &&
    (!asked.multiple || allowed.multiple) &&
    (asked.claims ?? []).every((claim) => (allowed.claims ?? []).some((each) => isClaimWithin(claim, each)))
  )
}

function isTypeWithin(asked: TypeQuery, allowed: TypeQuery): boolean {
  switch (asked.kind) {
    case 'vct':
      return allowed.kind === 'vct' && asked.values.every((vct) => allowed.values.includes(vct))
    case 'doctype':
      return allowed.kind === 'doctype' && asked.value === allowed.value
    case 'types':
      return allowed.kind === 'types' && asked.values.every((all) => isNarrower(all, allowed.values))
    case 'other':
      return false
  }
}

/** Whether a list of types names all of one of the others: more types are fewer credentials. */
function isNarrower(all: readonly string[], others: readonly (readonly string[])[]): boolean {
  return others.some((each) => each.every((type) => all.includes(type)))
}

/** The same claim or a part of it; with values, only where the registered query leaves them open or names them too. */
function isClaimWithin(asked: ClaimQuery, allowed: ClaimQuery): boolean {
  if (!isPathWithin(asked.path, allowed.path)) return false
  if (allowed.values === undefined) return true
  const { values } = allowed
  return asked.values?.every((value) => values.includes(value)) === true
}

function isPathWithin(asked: ClaimPath, allowed: ClaimPath): boolean {
  return allowed.every((step, i) => step === asked[i] || (step === null && typeof asked[i] === 'number'))
}

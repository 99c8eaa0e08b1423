import { Fault, faults, type FaultCode } from '../../shared/core/fault.ts'
import { findings, weigh, type FindingCode } from '../../shared/core/verdict.ts'
import { sayFault, sayFinding } from '../../shared/ui/messages.ts'

const acts: Readonly<Record<Fault['kind'], string>> = {
  input: 'the caller mends it',
  refused: 'the holder or a policy said no',
  missing: 'it is not there',
  conflict: 'start anew',
  unavailable: 'try again later',
  bug: 'we do',
}

/** The page of every fault and finding, as the tables in core and the words of the screens have them. */
export function describeFaults(): string {
  return `# Faults and findings

<!-- Written by npm run docs from shared/core/fault.ts, shared/core/verdict.ts and shared/ui/messages. -->

A *fault* means we could not look; it is thrown, and only its code leaves the house. A *finding* means we looked and
this is what we found; a verdict carries all of them.

## Faults

| Code | Who acts | HTTP | 中文 | English |
|---|---|---|---|---|
${rows(Object.keys(faults) as FaultCode[], describeFault)}

## Findings

\`no\` rejects, \`unknown\` leaves undecided, \`check\` leaves a step to a person, \`note\` is told. A policy may not make
one marked "fixed" lighter.

| Code | Weight | 中文 | English |
|---|---|---|---|
${rows(Object.keys(findings) as FindingCode[], describeFinding)}
`
}

function rows<Code extends string>(codes: readonly Code[], describe: (code: Code) => readonly string[]): string {
  return codes.map((code) => `| ${describe(code).join(' | ')} |`).join('\n')
}

function describeFault(code: FaultCode): readonly string[] {
  const { kind, http } = new Fault(code)
  return [`\`${code}\``, acts[kind], String(http), sayFault('zh-CN', code).words, sayFault('en', code).words]
}

function describeFinding(code: FindingCode): readonly string[] {
  const weight = `${weigh(code)}${'fixed' in findings[code] ? ', fixed' : ''}`
  return [`\`${code}\``, weight, sayFinding('zh-CN', code), sayFinding('en', code)]
}

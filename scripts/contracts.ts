// node scripts/run.mjs contracts: compiles the registry's contract into the file its adapter reads.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { compileContract, contractsFolder } from './contracts/compile.ts'

const { abi, bytecode } = compileContract('Anchor')
const path = join(contractsFolder, 'anchor.ts')
const text = `// Made by \`node scripts/run.mjs contracts\` from Anchor.sol; a test compiles and compares.

export const anchorAbi = ${JSON.stringify(abi)} as const

export const anchorBytecode = '${bytecode}'
`
writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: 'typescript' }))
console.log(`${path}  ${(bytecode.length - 2) / 2} B`)

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const contractsFolder = join(import.meta.dirname, '../../registry/contracts')

/** What is kept of a compiled contract. */
export interface Compiled {
  readonly abi: readonly object[]
  /** Hexadecimal, with `0x`. */
  readonly bytecode: string
}

interface Output {
  readonly errors?: readonly { readonly formattedMessage: string }[]
  readonly contracts: Readonly<
    Record<string, Readonly<Record<string, { abi: object[]; evm: { bytecode: { object: string } } }>>>
  >
}

/** The compiler comes without types, and belongs to the registry. */
const solc = createRequire(join(contractsFolder, 'Anchor.sol'))('solc') as { compile(input: string): string }

/** Older chains lack the instructions of newer rules: those of 2022 run everywhere. */
const settings = {
  evmVersion: 'paris',
  optimizer: { enabled: true, runs: 1_000 },
  viaIR: true,
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
}

/** Compiles one contract of the registry; throws on warnings too. */
export function compileContract(name: string): Compiled {
  const file = `${name}.sol`
  const sources = { [file]: { content: readFileSync(join(contractsFolder, file), 'utf8') } }
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }))) as Output
  if (output.errors !== undefined) throw new Error(output.errors.map((each) => each.formattedMessage).join('\n'))
  const made = output.contracts[file]?.[name]
  if (made === undefined) throw new Error(`no contract ${name}`)
  return { abi: made.abi, bytecode: `0x${made.evm.bytecode.object}` }
}

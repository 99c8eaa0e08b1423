import type { Layer } from './layer.ts'
import { Branch, mutateTree, type Tree } from './tree.ts'

/** JSON text: members and elements are changed, left out, doubled and moved, and spelled in other ways. */
export const jsonLayer: Layer = {
  name: 'json',
  mutate(bytes, by, depth) {
    if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return undefined
    const tree = read(bytes.toString())
    if (tree === undefined) return undefined
    const text = write(mutateTree(tree, by, depth))
    return Buffer.from(by.draw.chance(10) ? respell(text, by.draw.below(text.length + 1), by.draw.below(4)) : text)
  },
}

function read(text: string): Tree | undefined {
  try {
    return treeOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf)
  if (typeof value === 'object' && value !== null)
    return new Branch(Object.entries(value).map(([name, each]) => [name, treeOf(each)]))
  return value as Tree
}

function write(tree: Tree): string {
  if (Array.isArray(tree)) return `[${tree.map(write).join(',')}]`
  if (tree instanceof Branch) {
    return `{${tree.members.map(([name, value]) => `${JSON.stringify(String(name))}:${write(value)}`).join(',')}}`
  }
  return tree instanceof Uint8Array ? JSON.stringify(Buffer.from(tree).toString()) : JSON.stringify(tree)
}

function respell(text: string, at: number, way: number): string {
  const put = (what: string) => text.slice(0, at) + what + text.slice(at)
  if (way === 0) return put([' ', '\n', '\t', '\u00a0', '\ufeff'][at % 5] as string)
  if (way === 1) return put(['\\ud800', '\\u0000', '\\n', '\\/', '\\x'][at % 5] as string)
  if (way === 2) return put([',', '0', '-', 'e9', '1e999', '/**/'][at % 6] as string)
  const code = text.charCodeAt(at)
  return /\w/.test(text.charAt(at))
    ? `${text.slice(0, at)}\\u${code.toString(16).padStart(4, '0')}${text.slice(at + 1)}`
    : put('  ')
}

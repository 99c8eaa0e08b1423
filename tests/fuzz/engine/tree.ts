import type { Beneath } from './layer.ts'

/** A value as JSON and CBOR have them. */
export type Tree = null | boolean | number | string | Uint8Array | Tree[] | Branch
/** Members by name or number. Doubled ones can stand in it, other than in an object. */
export class Branch {
  readonly members: [name: Tree, value: Tree][]

  constructor(members: [Tree, Tree][]) {
    this.members = members
  }
}

const odd: readonly [Tree, ...Tree[]] = [
  ...([null, true, false, 0, -1, 1, 1.5, 255, 256, 65_536, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300] as const),
  ...(['', ' ', '__proto__', 'constructor', 'toString', '\u0000', '\ud83d\ude00', '\u2028', 'a'.repeat(300)] as const),
]

/** A tree with one thing changed in it, somewhere. The one given is used up. */
export function mutateTree(tree: Tree, by: Beneath, depth: number): Tree {
  const { draw } = by
  const goesDown = draw.chance(82)
  if (goesDown && Array.isArray(tree) && tree.length > 0) return mutateElement(tree, by, depth)
  if (goesDown && tree instanceof Branch && tree.members.length > 0) return mutateMember(tree, by, depth)
  if (typeof tree === 'string' && draw.chance(75)) return by.mutate(Buffer.from(tree), depth + 1).toString()
  if (tree instanceof Uint8Array && draw.chance(85)) return by.mutate(Buffer.from(tree), depth + 1)
  if (typeof tree === 'number' && draw.chance(60)) return tree + draw.pick([1, -1, 0.5, 256, -256])
  return other(tree, by)
}

function mutateElement(list: Tree[], by: Beneath, depth: number): Tree {
  const { draw } = by
  const at = draw.below(list.length)
  const element = list[at] as Tree
  switch (draw.below(8)) {
    case 0:
      list.splice(at, 1)
      break
    case 1:
      list.splice(at, 0, structuredCopy(list[draw.below(list.length)] as Tree))
      break
    case 2:
      for (let i = draw.below(70); i > 0; i--) list.push(structuredCopy(element))
      break
    case 3:
      list.splice(at, 1, list[0] as Tree)
      list[0] = element
      break
    default:
      list[at] = mutateTree(element, by, depth)
  }
  return list
}

function mutateMember({ members }: Branch, by: Beneath, depth: number): Branch {
  const { draw } = by
  const at = draw.below(members.length)
  const [name, value] = members[at] as [Tree, Tree]
  switch (draw.below(10)) {
    case 0:
      members.splice(at, 1)
      break
    case 1:
      members.splice(draw.below(members.length), 0, [name, structuredCopy(value)])
      break
    case 2:
      members[at] = [draw.pick(by.words)?.toString() ?? '', value]
      break
    case 3:
      members.push([draw.pick(by.words)?.toString() ?? '', draw.pick(odd)])
      break
    case 4:
      members[at] = [name, structuredCopy((draw.pick(members) as [Tree, Tree])[1])]
      break
    default:
      members[at] = [name, mutateTree(value, by, depth)]
  }
  return new Branch(members)
}

/** Something else in its place: an odd value, a word of the format, or itself inside something. */
function other(tree: Tree, { draw, words }: Beneath): Tree {
  switch (draw.below(5)) {
    case 0:
      return draw.pick(words)?.toString() ?? ''
    case 1:
      return [tree]
    case 2:
      return new Branch([[draw.pick(words)?.toString() ?? 'a', tree]])
    case 3: {
      let deep = tree
      for (let i = draw.below(24); i > 0; i--) deep = draw.chance(50) ? [deep] : new Branch([['a', deep]])
      return deep
    }
    default:
      return draw.pick(odd)
  }
}

function structuredCopy(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(structuredCopy)
  if (tree instanceof Branch) return new Branch(tree.members.map(([name, value]) => [name, structuredCopy(value)]))
  return tree
}

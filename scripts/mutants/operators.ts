import ts from 'typescript'

/** One small change of a source file. */
export interface Mutant {
  readonly id: number
  readonly file: string
  readonly line: number
  /** The named function around it, or the constant; empty at the top of the file. */
  readonly inside: string
  readonly operator: string
  readonly from: string
  readonly to: string
}

/** A file with all its mutants in it, each behind a question whether it is the one that is on. */
export interface Instrumented {
  readonly text: string
  readonly mutants: readonly Mutant[]
}

interface Choice {
  readonly operator: string
  readonly text: string
}

/** Names of functions and methods that never return: what they are told is for people and decides nothing. */
export function neverNames(texts: readonly string[]): ReadonlySet<string> {
  const declared = texts.flatMap((text) => [...text.matchAll(/(?:function |^ {2})(#?[A-Za-z]+)\([^)]*\): never/gm)])
  return new Set(declared.map(([, name]) => name as string))
}

/** Puts every mutant of a file into it. Their numbers go on from `first`. */
export function instrument(file: string, text: string, first: number, never: ReadonlySet<string>): Instrumented {
  const instrumenter = new Instrumenter(file, text, first, never)
  return { text: `const __m = globalThis.__fujieMutants;${instrumenter.all()}`, mutants: instrumenter.mutants }
}

class Instrumenter {
  readonly mutants: Mutant[] = []
  readonly #file: string
  readonly #text: string
  readonly #first: number
  readonly #never: ReadonlySet<string>
  readonly #source: ts.SourceFile

  constructor(file: string, text: string, first: number, never: ReadonlySet<string>) {
    this.#file = file
    this.#text = text
    this.#first = first
    this.#never = never
    this.#source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  }

  all(): string {
    return this.#inner(this.#source, 0)
  }

  #render(node: ts.Node): string {
    if (isOfTypes(node) || this.#isTold(node)) return this.#raw(node)
    const inner = this.#inner(node, node.getStart(this.#source))
    if (ts.isStatement(node)) return this.#statement(node, inner)
    if (ts.isPropertyDeclaration(node)) return closed(inner)
    return this.#choose(
      node,
      choicesOf(node, (part) => this.#raw(part)),
      inner,
    )
  }

  /** The text of a node with what is inside rendered. */
  #inner(node: ts.Node, start: number): string {
    let at = start
    let out = ''
    ts.forEachChild(node, (child) => {
      const begin = child.getStart(this.#source)
      if (begin < at) return
      out += this.#text.slice(at, begin) + this.#render(child)
      at = child.end
    })
    return out + this.#text.slice(at, node.end)
  }

  #statement(node: ts.Statement, inner: string): string {
    const loop = isLoop(node.parent) && node.parent.statement === node
    const guarded = (text: string) => (loop ? `{__m.t();${text}}` : text)
    if (!isRemovable(node)) return guarded(ts.isBlock(node) ? inner : closed(inner))
    const removed = this.#isOn(node, { operator: 'statement removed', text: '' })
    // In a block of its own, or an `else` behind it would be another's.
    return guarded(`{if(!${removed}){${closed(inner)}}}`)
  }

  #choose(node: ts.Node, choices: readonly Choice[], inner: string): string {
    if (choices.length === 0) return inner
    return `(${choices.map((choice) => `${this.#isOn(node, choice)}?(${choice.text}):`).join('')}(${inner}))`
  }

  #isOn(node: ts.Node, { operator, text }: Choice): string {
    const id = this.#first + this.mutants.length
    const line = this.#source.getLineAndCharacterOfPosition(node.getStart(this.#source)).line + 1
    this.mutants.push({
      id,
      file: this.#file,
      line,
      inside: nameAround(node),
      operator,
      from: flat(this.#raw(node)),
      to: flat(text),
    })
    return `(__m.a===${id}?__m.x():__m.c&&__m.h(${id}))`
  }

  #raw(node: ts.Node): string {
    return this.#text.slice(node.getStart(this.#source), node.end)
  }

  /** Whether a node only tells a person why. */
  #isTold(node: ts.Node): boolean {
    const call = node.parent
    if (call === undefined) return false
    if (ts.isNewExpression(call)) {
      const at = call.arguments?.indexOf(node as ts.Expression) ?? -1
      const name = call.expression.getText(this.#source)
      return name === 'Fault' ? at >= 1 : name.endsWith('Error') && at >= 0
    }
    if (!ts.isCallExpression(call) || !call.arguments.includes(node as ts.Expression)) return false
    const callee = call.expression
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText(this.#source)
    return this.#never.has(name)
  }
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}

function closed(text: string): string {
  return `${text};`
}

/** Types, and declarations without any code. */
function isOfTypes(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isTypeParameterDeclaration(node)
  )
}

function isLoop(node: ts.Node): node is ts.IterationStatement {
  return ts.isIterationStatement(node, false)
}

/** Statements that do something and stand where nothing would do; those alone behind an `if` go with its condition. */
function isRemovable(node: ts.Statement): boolean {
  if (!ts.isExpressionStatement(node)) return false
  const { expression } = node
  if (ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword) return false
  const { parent } = node
  if (ts.isIfStatement(parent)) return parent.elseStatement !== undefined
  return !(ts.isBlock(parent) && parent.statements.length === 1 && ts.isIfStatement(parent.parent))
}

function nameAround(node: ts.Node): string {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isConstructorDeclaration(at)) return 'constructor'
    if (ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) return at.name?.getText() ?? ''
    if (ts.isVariableStatement(at) && ts.isSourceFile(at.parent))
      return at.declarationList.declarations[0]?.name.getText() ?? ''
  }
  return ''
}

type Raw = (node: ts.Node) => string

function choicesOf(node: ts.Node, raw: Raw): readonly Choice[] {
  if (!ts.isExpression(node) || (node.flags & ts.NodeFlags.OptionalChain) !== 0) return []
  const choices = [...ofCondition(node), ...ofReturn(node), ...ofExpression(node, raw)]
  return choices.filter(({ text }, i) => text !== raw(node) && choices.findIndex((other) => other.text === text) === i)
}

/** A condition that always holds, and one that never does. */
function ofCondition(node: ts.Expression): readonly Choice[] {
  const { parent } = node
  const [always, never] = [
    { operator: 'condition', text: 'true' },
    { operator: 'condition', text: 'false' },
  ]
  if (ts.isIfStatement(parent) && parent.expression === node) return [always, never]
  if (ts.isConditionalExpression(parent) && parent.condition === node) return [always, never]
  if ((ts.isWhileStatement(parent) || ts.isDoStatement(parent)) && parent.expression === node) return [never]
  return ts.isForStatement(parent) && parent.condition === node ? [never] : []
}

/** What is returned where a list was promised: none. */
function ofReturn(node: ts.Expression): readonly Choice[] {
  if (!ts.isReturnStatement(node.parent)) return []
  let around: ts.Node = node
  while (!ts.isFunctionLike(around)) around = around.parent
  const type = around.type?.getText() ?? ''
  return /\[\]>?$/.test(type) ? [{ operator: 'return emptied', text: '[]' }] : []
}

function ofExpression(node: ts.Expression, raw: Raw): readonly Choice[] {
  if (ts.isBinaryExpression(node)) return ofBinary(node, raw)
  if (ts.isPrefixUnaryExpression(node)) return ofPrefix(node, raw)
  if (ts.isPostfixUnaryExpression(node)) {
    return [
      {
        operator: 'arithmetic',
        text: raw(node.operand) + (node.operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++'),
      },
    ]
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ operator: 'boolean', text: 'false' }]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ operator: 'boolean', text: 'true' }]
  if (ts.isArrayLiteralExpression(node)) return ofArray(node, raw)
  if (ts.isCallExpression(node)) return ofCall(node, raw)
  if (ts.isRegularExpressionLiteral(node)) return ofRegex(node.text)
  return isText(node) ? ofText(node, raw) : []
}

const swapped: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '+=': ['-='],
  '-=': ['+='],
  '|=': ['&='],
  '??=': ['='],
}

function ofBinary({ left, right, operatorToken }: ts.BinaryExpression, raw: Raw): readonly Choice[] {
  const token = operatorToken.getText()
  if ((token === '+' || token === '+=') && [left, right].some(isText)) return []
  const choices = (swapped[token] ?? []).map((other) => ({
    operator: /^[<>=!]/.test(token) ? 'comparison' : /^(&&|\|\|)$/.test(token) ? 'logic' : 'arithmetic',
    text: `${raw(left)} ${other} ${raw(right)}`,
  }))
  // Either side alone: the other was a check, or a way out.
  const sides = ['&&', '||', '??'].includes(token) ? [left, right] : []
  return [...choices, ...sides.map((side) => ({ operator: 'logic', text: raw(side) }))]
}

function ofPrefix({ operator, operand }: ts.PrefixUnaryExpression, raw: Raw): readonly Choice[] {
  if (operator === ts.SyntaxKind.ExclamationToken) return [{ operator: 'logic', text: raw(operand) }]
  if (operator === ts.SyntaxKind.MinusToken) return [{ operator: 'arithmetic', text: raw(operand) }]
  if (operator === ts.SyntaxKind.PlusPlusToken) return [{ operator: 'arithmetic', text: `--${raw(operand)}` }]
  return operator === ts.SyntaxKind.MinusMinusToken ? [{ operator: 'arithmetic', text: `++${raw(operand)}` }] : []
}

const mostElements = 24

function ofArray(node: ts.ArrayLiteralExpression, raw: Raw): readonly Choice[] {
  const { parent, elements } = node
  if (ts.isBinaryExpression(parent) && parent.left === node) return []
  if (elements.length === 0) return []
  const without = (gone: number) =>
    `[${elements
      .filter((_, i) => i !== gone)
      .map(raw)
      .join(', ')}]`
  const each = elements.length > mostElements ? [] : elements.map((_, i) => without(i))
  return ['[]', ...each].map((text) => ({ operator: 'element removed', text }))
}

const otherMethods: ReadonlyMap<string, string> = new Map(
  Object.entries({
    some: 'every',
    every: 'some',
    startsWith: 'endsWith',
    endsWith: 'startsWith',
    min: 'max',
    max: 'min',
    floor: 'ceil',
    ceil: 'floor',
  }),
)
/** Methods whose receiver will do in place of the call. */
const droppable = ['filter', 'sort', 'reverse', 'slice', 'subarray', 'trim', 'toLowerCase', 'toUpperCase']

function ofCall(node: ts.CallExpression, raw: Raw): readonly Choice[] {
  const callee = node.expression
  if (!ts.isPropertyAccessExpression(callee)) return []
  const name = callee.name.text
  const other = otherMethods.get(name)
  const rest = node.getText().slice(callee.getText().length)
  const choices = other === undefined ? [] : [{ operator: 'call', text: `${raw(callee.expression)}.${other}${rest}` }]
  if (droppable.includes(name)) choices.push({ operator: 'call removed', text: raw(callee.expression) })
  return choices
}

function ofRegex(literal: string): readonly Choice[] {
  const end = literal.lastIndexOf('/')
  const [body, flags] = [literal.slice(1, end), literal.slice(end + 1)]
  const bodies = [body.replace(/^\^/, ''), body.replace(/\$$/, ''), body.replace(/\{(\d+),\d+\}/, '{$1,}')]
  for (const { index } of body.matchAll(/(?<!\\)\[/g)) {
    const isNegated = body[index + 1] === '^'
    bodies.push(
      isNegated
        ? body.slice(0, index + 1) + body.slice(index + 2)
        : `${body.slice(0, index + 1)}^${body.slice(index + 1)}`,
    )
  }
  return bodies
    .filter((each) => each !== body && each !== '' && compiles(each, flags))
    .map((each) => ({ operator: 'regex', text: `/${each}/${flags}` }))
}

function compiles(body: string, flags: string): boolean {
  try {
    return new RegExp(body, flags) instanceof RegExp
  } catch {
    return false
  }
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)
}

function ofText(node: ts.Expression, raw: Raw): readonly Choice[] {
  const { parent } = node
  const isName =
    (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) && parent.name === (node as ts.Node)
  if (isName || ts.isBindingElement(parent) || ts.isTaggedTemplateExpression(parent)) return []
  return [{ operator: 'text', text: ["''", '``'].includes(raw(node)) ? "'mutant'" : "''" }]
}

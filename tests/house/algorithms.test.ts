import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { algorithms } from '../../shared/core/crypto/algorithms.ts'
import { root } from './planted.ts'

const theTable = 'shared/core/crypto/algorithms.ts'

/** Formats of ours that are narrower than the table on purpose: either of two, under one spelling or one number each. */
const narrower = ['shared/core/record/record.ts', 'shared/core/qr/request.ts']

/** What a platform is able to verify decides nothing about what is accepted. */
const platforms = ['shared/core/crypto/primitive.node.ts', 'shared/core/crypto/primitive.web.ts']

const names = new Set([
  ...Object.values(algorithms).flatMap(({ headers }) => headers),
  ...['ES512', 'RS256', 'PS256', 'HS256', 'ML-DSA-44'],
])

/** A list, a set of members or a union that names two signature algorithms decides what is accepted. */
function listsAlgorithms(text: string): boolean {
  let found = false
  const visit = (node: ts.Node): void => {
    const isList = ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node) || ts.isUnionTypeNode(node)
    if (isList && new Set(childNames(node)).size > 1) found = true
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('a.ts', text, ts.ScriptTarget.ES2024))
  return found
}

function childNames(node: ts.Node): string[] {
  const texts: string[] = []
  ts.forEachChild(node, (child) => {
    const named = ts.isPropertyAssignment(child) ? child.name : ts.isLiteralTypeNode(child) ? child.literal : child
    if (ts.isStringLiteral(named) || ts.isIdentifier(named)) texts.push(named.text)
  })
  return texts.filter((text) => names.has(text))
}

describe('the table of algorithms', () => {
  it('keeps to one place', () => {
    const files = globSync('{shared,wallet,verifier,registry,issuer}/**/*.ts', {
      cwd: root,
      exclude: ['**/node_modules/**', '**/*.test.ts'],
    })
    const second = files.filter(
      (file) =>
        ![theTable, ...narrower, ...platforms].includes(file) &&
        listsAlgorithms(readFileSync(join(root, file), 'utf8')),
    )
    expect(second).toEqual([])
  })

  it.each(["const a = ['ES256', 'EdDSA']", 'const a = { ES256: 1, ES384: 2 }', "type A = 'ES256' | 'RS256'"])(
    'refuses %s',
    (text) => expect(listsAlgorithms(text)).toBe(true),
  )

  it.each(["const a = ['ES256']", "const a = { alg: 'ES256', typ: 'EdDSA' }"])('accepts %s', (text) =>
    expect(listsAlgorithms(text)).toBe(false),
  )
})

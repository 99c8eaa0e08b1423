import { expect, test } from 'vitest'
import { formatRoute, linkIn, parseRoute, placeOf, type Route } from './route.ts'

const all: readonly Route[] = [
  { page: 'home' },
  { page: 'history' },
  { page: 'security' },
  { page: 'settings' },
  { page: 'scan' },
  { page: 'show' },
  { page: 'document', id: 'a/b c%' },
  { page: 'offer', id: 'x' },
  { page: 'consent', id: '证' },
]

test.each(all)('it accepts its own address of $page', (route) => {
  expect(parseRoute(formatRoute(route))).toEqual(route)
})

test.each(['', '#', '#/', '#/nowhere', '#/document', '#/document/', '#/home/x', '#/offer/a/b', '#/offer/%E0%A4%A'])(
  'it leads home from %j',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'home' })
  },
)

test('it names the place a page belongs to', () => {
  expect(placeOf({ page: 'document', id: 'x' })).toBe('home')
  expect(placeOf({ page: 'settings' })).toBe('settings')
  expect(placeOf({ page: 'scan' })).toBeUndefined()
})

test('it finds a link from another program and nothing else', () => {
  expect(linkIn('#openid4vp://?request_uri=x')).toBe('openid4vp://?request_uri=x')
  expect(linkIn('#https%3A%2F%2Fissuer.example%2Foffer')).toBe('https://issuer.example/offer')
  expect(linkIn('#/home')).toBeUndefined()
  expect(linkIn('#javascript:alert(1)')).toBeUndefined()
  expect(linkIn('')).toBeUndefined()
})

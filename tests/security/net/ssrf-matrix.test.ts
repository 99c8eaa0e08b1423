import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { openTrap, outcome, victim, type Trap } from './trap.ts'

/** Spellings of addresses inside, and the address that each one means: what the guard has to be asked about. */
const literals: readonly (readonly [host: string, means: string])[] = [
  ['127.0.0.1', '127.0.0.1'],
  ['127.1', '127.0.0.1'],
  ['127.0.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['0x7f000001', '127.0.0.1'],
  ['0X7F000001', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['0x7f.0x0.0x0.0x1', '127.0.0.1'],
  ['0177.0.0.1', '127.0.0.1'],
  ['0177.0.0.01', '127.0.0.1'],
  ['017700000001', '127.0.0.1'],
  ['127.0.0.1.', '127.0.0.1'],
  ['１２７.0.0.1', '127.0.0.1'],
  ['127。0。0。1', '127.0.0.1'],
  ['127．0．0．1', '127.0.0.1'],
  ['①②⑦.⓪.⓪.①', '127.0.0.1'],
  ['%31%32%37.0.0.1', '127.0.0.1'],
  ['127.255.255.254', '127.255.255.254'],
  ['0', '0.0.0.0'],
  ['0.0.0.0', '0.0.0.0'],
  ['0x0', '0.0.0.0'],
  ['10.0.0.1', '10.0.0.1'],
  ['10.1', '10.0.0.1'],
  ['167772161', '10.0.0.1'],
  ['012.0.0.1', '10.0.0.1'],
  ['172.16.0.1', '172.16.0.1'],
  ['172.31.255.255', '172.31.255.255'],
  ['192.168.1.1', '192.168.1.1'],
  ['192.168.257', '192.168.1.1'],
  ['0xc0a80101', '192.168.1.1'],
  ['100.64.0.1', '100.64.0.1'],
  ['100.127.255.255', '100.127.255.255'],
  ['169.254.169.254', '169.254.169.254'],
  ['2852039166', '169.254.169.254'],
  ['0xA9FEA9FE', '169.254.169.254'],
  ['0251.0376.0251.0376', '169.254.169.254'],
  ['169.254.43518', '169.254.169.254'],
  ['192.0.0.192', '192.0.0.192'],
  ['192.0.2.1', '192.0.2.1'],
  ['198.18.0.1', '198.18.0.1'],
  ['198.51.100.1', '198.51.100.1'],
  ['203.0.113.1', '203.0.113.1'],
  ['192.88.99.1', '192.88.99.1'],
  ['224.0.0.1', '224.0.0.1'],
  ['240.0.0.1', '240.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['[::]', '::'],
  ['[::1]', '::1'],
  ['[0:0:0:0:0:0:0:1]', '::1'],
  ['[0000:0000:0000:0000:0000:0000:0000:0001]', '::1'],
  ['[::0.0.0.1]', '::1'],
  ['[::127.0.0.1]', '::7f00:1'],
  ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
  ['[::ffff:7f00:1]', '::ffff:7f00:1'],
  ['[0:0:0:0:0:ffff:a00:1]', '::ffff:a00:1'],
  ['[::FFFF:169.254.169.254]', '::ffff:a9fe:a9fe'],
  ['[::ffff:0:127.0.0.1]', '::ffff:0:7f00:1'],
  ['[64:ff9b::127.0.0.1]', '64:ff9b::7f00:1'],
  ['[64:ff9b::a9fe:a9fe]', '64:ff9b::a9fe:a9fe'],
  ['[64:ff9b:1::10.0.0.1]', '64:ff9b:1::a00:1'],
  ['[2002:7f00:1::]', '2002:7f00:1::'],
  ['[2002:a9fe:a9fe::1]', '2002:a9fe:a9fe::1'],
  ['[2001:0:7f00:1::]', '2001:0:7f00:1::'],
  ['[2001::1]', '2001::1'],
  ['[2001:20::1]', '2001:20::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[3fff::1]', '3fff::1'],
  ['[5f00::1]', '5f00::1'],
  ['[100::1]', '100::1'],
  ['[fc00::1]', 'fc00::1'],
  ['[fd00:ec2::254]', 'fd00:ec2::254'],
  ['[fd20:ce::254]', 'fd20:ce::254'],
  ['[fe80::1]', 'fe80::1'],
  ['[febf::1]', 'febf::1'],
  ['[fec0::1]', 'fec0::1'],
  ['[ff02::1]', 'ff02::1'],
  ['[4000::1]', '4000::1'],
]

/** What a name server that lies, or a name owned by an attacker, may answer. */
const answers: readonly (readonly [what: string, addresses: readonly string[]])[] = [
  ['loopback', ['127.0.0.1']],
  ['loopback of IPv6', ['::1']],
  ['a private address', ['10.1.2.3']],
  ['metadata of a cloud', ['169.254.169.254']],
  ['mapped loopback', ['::ffff:127.0.0.1']],
  ['a scoped address', ['fe80::1%lo']],
  ['a public address, then loopback', ['93.184.216.34', '127.0.0.1']],
  ['loopback, then a public address', ['127.0.0.1', '93.184.216.34']],
  ['many public ones with one inside', ['1.1.1.1', '8.8.8.8', '192.168.0.1', '9.9.9.9']],
  ['nothing at all', []],
  ['no address', ['localhost']],
  ['an address in another spelling', ['0177.0.0.1']],
  ['an empty one', ['']],
]

let trap: Trap
beforeAll(async () => {
  trap = await openTrap()
})
afterAll(() => trap.close())

describe('the way out', () => {
  it('has at least sixty spellings to be tried with, each once', () => {
    expect(new Set(literals.map(([host]) => host)).size).toBe(literals.length)
    expect(literals.length + answers.length).toBeGreaterThanOrEqual(60)
  })

  it.each(literals)('refuses %s', async (host) => {
    const before = trap.connections()
    expect(await outcome(trap.client(), `https://${host}:${trap.port}/`)).toBe('fetch.blocked_address')
    expect(await outcome(createHttp(), `https://${host}/`)).toBe('fetch.blocked_address')
    expect(trap.connections()).toBe(before)
  })

  it.each(literals)('knows %s for what it is', async (host, means) => {
    const asked: string[] = []
    const isAllowed = (address: string) => asked.push(address) === 0
    expect(await outcome(trap.client({ isAllowed }), `https://${host}:${trap.port}/`)).toBe('fetch.blocked_address')
    expect(asked).toEqual([means])
  })

  it.each(answers)('refuses a name that is said to be at %s', async (_what, addresses) => {
    const before = trap.connections()
    const http = trap.client({ resolve: () => Promise.resolve(addresses) })
    expect(await outcome(http, `https://${victim}:${trap.port}/`)).toBe('fetch.blocked_address')
    expect(trap.connections()).toBe(before)
  })

  it('asks for a name once: what it is said to be at the second time is never used', async () => {
    let asked = 0
    const resolve = () => Promise.resolve(asked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1'])
    const checked: string[] = []
    const isAllowed = (address: string) => checked.push(address) > 0
    expect(await outcome(trap.client({ resolve, isAllowed }), `https://${victim}:${trap.port}/`)).toBe('answered 200')
    expect(asked).toBe(1)
    expect(checked).toEqual(['127.0.0.1'])
  })

  it.each(['localhost', 'localhost.', 'LOCALHOST'])('refuses the name %s by the system’s own word', async (host) => {
    const before = trap.connections()
    expect(await outcome(createHttp({ ports: [trap.port] }), `https://${host}:${trap.port}/`)).toBe(
      'fetch.blocked_address',
    )
    expect(trap.connections()).toBe(before)
  })

  it.each([
    ...['http://example.org/', 'ftp://example.org/', 'file:///etc/passwd', 'gopher://127.0.0.1/', 'data:,x', '', '//a'],
    ...['https://user@example.org/', 'https://user:secret@example.org/', 'https://:@example.org:22/'],
    ...['https://example.org:22/', 'https://example.org:8443/', 'https://127.0.0.1:1/'],
    ...['https://example.org/a/../b', 'https://example.org/%2e%2e/b', 'https://example.org/..%2fb', 'https://a/%zz'],
    ...['https://exam\tple.org/', 'https://example.org/\n', ' https://example.org/', 'https://example.org/.\t./b'],
    `https://example.org/${'a'.repeat(2_048)}`,
  ])('refuses to go to %j', async (url) => {
    expect(await outcome(createHttp(), url)).toBe('fetch.insecure')
  })

  it('lets loopback by literal alone where demonstrations are allowed, and nothing beside it', async () => {
    const http = createHttp({ insecureLoopback: true })
    expect(await outcome(http, 'http://127.0.0.1:9/')).toBe('fetch.unreachable')
    for (const url of ['http://localhost:9/', 'http://127.0.0.2:9/', 'http://10.0.0.1/', 'https://example.org:9/'])
      expect(await outcome(http, url)).toBe('fetch.insecure')
    for (const url of ['https://10.0.0.1/', 'https://127.0.0.2/', 'https://[::ffff:127.0.0.1]/'])
      expect(await outcome(http, url)).toBe('fetch.blocked_address')
  })
})

describe('notices when the defence is gone', () => {
  const inside = literals.filter(([, means]) => means === '127.0.0.1')

  it.each(inside)('block list empty: %s reaches what is inside', async (host) => {
    const before = trap.connections()
    // The certificate is the victim's: what is asked may fail, but somebody knocked.
    await outcome(trap.client({ isAllowed: () => true }), `https://${host}:${trap.port}/`)
    expect(trap.connections()).toBeGreaterThan(before)
  })

  it('block list empty: a name at loopback is answered from inside', async () => {
    const http = trap.client({ resolve: () => Promise.resolve(['127.0.0.1']), isAllowed: () => true })
    expect(await outcome(http, `https://${victim}:${trap.port}/`)).toBe('answered 200')
  })
})

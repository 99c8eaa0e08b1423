import { parseDid, parseDidUrl, shortForm } from '@fujie/shared/core/did/did.ts'
import { fujieLongDocument } from '@fujie/shared/core/did/fujie.ts'
import { didJwkDocument } from '@fujie/shared/core/did/jwk.ts'
import { didKeyDocument, formatDidKey, keyOfDidKey } from '@fujie/shared/core/did/key.ts'
import { resolveOffline } from '@fujie/shared/core/did/methods.ts'
import { text, type Target } from '../target.ts'
import { same } from './same.ts'

const words = ['did:', 'did:key:', 'did:web:', 'did:jwk:', 'did:fujie:', '%', '%00', '#', '?', '//', ':', 'z6Mk', 'z']

export const identifierTargets: readonly Target[] = [
  {
    name: 'did-url',
    words,
    most: 2_048,
    async read(input) {
      const url = parseDidUrl(text(input))
      const { did, path = '', query, fragment } = url
      const again = `${did.text}${path}${query === undefined ? '' : `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`
      same('url', again, text(input))
      same('short form', shortForm(parseDid(shortForm(did))), shortForm(did))
      await resolveOffline(did)
    },
  },
  {
    name: 'did-fujie',
    words: [...words, 'keys', 'doc', 'next', 'update', 'recovery', 'threshold', 'thumbprints', 'class', 'services'],
    most: 8_192,
    async read(input) {
      const did = parseDid(text(input))
      const document = await fujieLongDocument(did)
      same('id', document.id, did.text)
    },
  },
  {
    name: 'did-key',
    words,
    most: 1_024,
    read(input) {
      const did = parseDid(text(input))
      const key = keyOfDidKey(did)
      same('did:key', formatDidKey(key), did.text)
      return didKeyDocument(did)
    },
  },
  {
    name: 'did-jwk',
    words: [...words, 'kty', 'crv', 'EC', 'OKP', 'x', 'y', 'd', 'k', 'use', 'enc', 'sig'],
    most: 4_096,
    read: (input) => didJwkDocument(parseDid(text(input))),
  },
]

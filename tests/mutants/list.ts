/** A check taken away by hand: its tests have to notice. */
export interface Listed {
  /** The row of the threat model, or the control, that is put out of force. */
  readonly defends: string
  readonly file: string
  /** Which check is gone. */
  readonly what: string
  /** Text of the file; it has to occur exactly once. */
  readonly find: string
  readonly replace: string
  /** The test file that has to fail. */
  readonly killedBy: string
}

type Row = readonly [defends: string, what: string, find: string, replace: string, killedBy?: string]

function inFile(file: string, killedBy: string, rows: readonly Row[]): readonly Listed[] {
  return rows.map(([defends, what, find, replace, by = killedBy]) => {
    return {
      defends,
      file: `shared/core/${file}`,
      what,
      find,
      replace,
      killedBy: by.startsWith('tests/') ? by : `shared/core/${by}`,
    }
  })
}

const judge = 'presentation/judge.test.ts'
const keyBinding = 'credential/key-binding.test.ts'
const sdJwt = 'credential/sd-jwt.test.ts'
const verifier = 'trust/judge-verifier.test.ts'
const status = 'status/status-list.test.ts'
const bundle = 'log/bundle.test.ts'
const tree = 'log/tree.test.ts'
const dcql = 'presentation/dcql.test.ts'
const request = 'presentation/request.test.ts'
const history = 'record/history.test.ts'

export const listed: readonly Listed[] = [
  ...inFile('crypto/jws.ts', 'crypto/jws.test.ts', [
    ['T1', 'a key may be used under another algorithm than its own', ' || named !== algorithmOfKey(key)', ''],
    [
      'T1',
      'any algorithm will do for a purpose',
      "if (typeof alg !== 'string' || !algorithmOfHeader(alg, expected.purpose)) findings.push('jws.algorithm_refused')",
      '',
    ],
    ['T2', 'keys named by address are let pass', 'jku !== undefined || x5u !== undefined || ', ''],
    ['T2', 'a key in the header is let pass', '(jwk !== undefined && expected.embeddedKey !== true)', 'false'],
    [
      'T3',
      'a token of another type is let pass',
      "if (!expected.types.some((type) => type === typ)) findings.push('jws.type_wrong')",
      '',
    ],
    [
      'T1',
      'critical members nobody knows are let pass',
      "if (crit !== undefined || b64 !== undefined) findings.push('jws.critical_unknown')",
      '',
    ],
    ['T8', 'a respelled part is no defect', "isCanonical ? noDefects : ['jws.not_canonical']", 'noDefects'],
    [
      'T1',
      'a refused algorithm is tried all the same',
      "if (findings.includes('jws.algorithm_refused')) return findings",
      '',
    ],
    ['T8', 'more than three parts are read', 'if (parts.length !== 3)', 'if (parts.length < 3)'],
  ]),
  ...inFile('crypto/signature.ts', 'crypto/jws.test.ts', [
    ['T2', 'every signature is good', 'return good ? [] : [otherwise]', 'return []'],
  ]),
  ...inFile('crypto/algorithms.ts', 'crypto/jws.test.ts', [
    ['T1', 'an algorithm serves every purpose', ' && row.purposes.includes(purpose)', ''],
  ]),
  ...inFile('crypto/key.ts', 'crypto/jws.test.ts', [
    [
      'T2',
      'a private key is read as a public one',
      "if ('d' in value || 'k' in value) throw new Fault('key.unsupported', { reason: 'a private key' })",
      '',
    ],
    ['T2', 'two keys with one x are one key', ' && a.y === b.y', '', judge],
  ]),
  ...inFile('crypto/jwe.ts', 'crypto/jwe.test.ts', [
    ['T10', 'any key agreement is tried', "alg !== 'ECDH-ES' || ", ''],
    ['T10', 'compressed content is opened', 'zip !== undefined || ', ''],
    ['T10', 'critical members are let pass', 'crit !== undefined || ', ''],
    ['T10', 'the size of what is opened has no bound', "throw new Fault('limit.exceeded', { limit: 'jwe' })", ''],
    ['T10', 'a short tag is taken', ' || tag.length !== tagLength', ''],
    ['T10', 'a message for another key is opened', '(kid !== undefined && header.kid !== kid)', 'false'],
  ]),
  ...inFile('encoding/json.ts', 'encoding/json.test.ts', [
    ['T7', 'a doubled member is read', "if (name in object) this.#refuse('a doubled member')", ''],
    [
      'T7',
      'a member named __proto__ is read',
      "if (name === '__proto__') this.#refuse('a member named __proto__')",
      '',
    ],
    [
      'T7',
      'half a surrogate pair is read',
      "if (surrogate.test(value) && loneSurrogate.test(value)) this.#refuse('half a surrogate pair')",
      '',
    ],
    ['T7', 'integers that lose digits are read', '!Number.isSafeInteger(value) || ', ''],
    [
      'T7',
      'text behind the value is read',
      "if (this.#at !== this.#text.length) this.#refuse('text behind the value')",
      '',
    ],
    ['T7', 'depth has no bound', "if (depth > this.#bounds.depth) this.#exceed('depth')", ''],
    [
      'T7',
      'bytes that are not UTF-8 are guessed at',
      "if (text === undefined) throw new Fault('json.malformed', { reason: 'not UTF-8' })\n  return parseJson(text, bounds)",
      'return parseJson(text ?? new TextDecoder().decode(bytes), bounds)',
    ],
  ]),
  ...inFile('encoding/radix64.ts', 'encoding/base64url.test.ts', [
    ['T8', 'bits left over are ignored', 'return (group & (letters === 2 ? 15 : 3)) === 0', 'return true'],
    ['T8', 'foreign letters are read', 'codes < 128 && seen < 64 && ', ''],
  ]),
  ...inFile('credential/disclosure.ts', sdJwt, [
    ['T4', 'a disclosure may be named _sd', "isReserved(name) ? 'disclosure.reserved_name' : ", ''],
    ['T4', 'a disclosure of any arity is read', ' || array.length < 2 || array.length > 3', ''],
    ['T4', 'a salt may be anything', "if (typeof salt !== 'string') return 'disclosure.malformed'", ''],
  ]),
  ...inFile('credential/resolve.ts', sdJwt, [
    [
      'T4',
      'a digest may stand in two places',
      "if (this.#met.has(digest)) return void this.#defects.add('disclosure.duplicate')",
      '',
    ],
    [
      'T4',
      'a disclosure nobody refers to is let pass',
      "if (this.#used < this.#byDigest.size) this.#defects.add('disclosure.unreferenced')",
      '',
    ],
    [
      'T4',
      'a disclosure takes the place of a claim that is there',
      "else if (disclosure.name in claims) this.#defects.add('disclosure.name_clash')",
      '',
    ],
    [
      'T4',
      'a disclosure without a name stands among members',
      "else if (disclosure.name === undefined) this.#defects.add('disclosure.malformed')",
      "else if (disclosure.name === undefined) claims['0'] = disclosure.value",
    ],
    [
      'T4',
      'a disclosure with a name stands in an array',
      "else if (disclosure.name !== undefined) this.#defects.add('disclosure.malformed')\n",
      '',
    ],
    [
      'T4',
      'disclosures in disclosures go as deep as they like',
      "if (++this.#nesting > limits.disclosureNesting) throw new Fault('limit.exceeded', { limit: 'disclosure nesting' })",
      '',
    ],
    [
      'T4',
      'a place in an array may hold more than its digest',
      "if (Object.keys(element as JsonObject).length > 1) this.#defects.add('disclosure.malformed')",
      '',
    ],
  ]),
  ...inFile('credential/sd-jwt.ts', sdJwt, [
    [
      'T5',
      'claims that must be clear may be hidden',
      "places.some(({ path }) => isClear(path)) || withheld.some(isClear) ? ['disclosure.claim_hidden'] : []",
      '[]',
    ],
    [
      'T4',
      'any digest algorithm is let pass',
      "if (named !== form.hash) defects.push('disclosure.digest_algorithm')",
      '',
    ],
    [
      'T4',
      'a disclosure may come twice',
      "else if (disclosures.has(read.digest)) defects.push('disclosure.duplicate')",
      '',
    ],
    [
      'T4',
      'disclosures have no bound',
      "if (rest.length - 1 > limits.disclosures) throw new Fault('limit.exceeded', { limit: 'disclosures' })",
      '',
    ],
    [
      'T6',
      'a broken key binding counts as none',
      "...(keyBinding === 'broken' ? (['key_binding.signature_invalid'] as const) : []),",
      '',
    ],
    ['T5', 'status may be hidden', "'status', ", ''],
  ]),
  ...inFile('credential/key-binding.ts', keyBinding, [
    ['T6', 'the signature of a key binding is not looked at', '...signed, ...hash, ', '...hash, '],
    [
      'T6',
      'a key binding for another verifier is taken',
      "if (claims.aud !== occasion.audience) findings.push('key_binding.wrong_audience')",
      '',
    ],
    [
      'T6',
      'a key binding for another occasion is taken',
      "if (claims.nonce !== occasion.nonce) findings.push('key_binding.wrong_nonce')",
      '',
    ],
    [
      'T6',
      'a key binding over other disclosures is taken',
      "claims.sd_hash === form.digest(presented) ? [] : ['key_binding.wrong_hash']",
      '[]',
    ],
    [
      'T6',
      'a key binding confirms any transaction',
      "if (!hasTransactions(claims, occasion.transactionHashes)) findings.push('key_binding.transaction_mismatch')",
      '',
    ],
    ['T6', 'a key binding never grows old', 'tooOld || ', ''],
    [
      'T6',
      'a key binding may come from the future',
      "if (iat > now + slack || (nbf !== undefined && nbf > now + slack)) findings.push('key_binding.from_future')",
      '',
    ],
    [
      'T6',
      'a key binding may be older than the request',
      ' || (requestedAt !== undefined && iat < requestedAt - slack)',
      '',
    ],
    [
      'T2',
      'a key binding may name a key of its own',
      "if (foreign && !findings.includes('jws.key_header_refused')) findings.push('jws.key_header_refused')",
      '',
    ],
  ]),
  ...inFile('credential/holder-key.ts', judge, [
    ['T6', 'two keys that differ bind to the first', 'jwk && named && !equalJwk(jwk, named) ? undefined : ', ''],
  ]),
  ...inFile('presentation/judge.ts', judge, [
    [
      'T15',
      'what is inside the envelope is not judged',
      'findings: [...examined.findings, ...bindingFindings]',
      'findings: [...bindingFindings]',
    ],
    [
      'T6',
      'what is wrong with the key binding is not told',
      'findings: [...examined.findings, ...bindingFindings]',
      'findings: [...examined.findings]',
    ],
  ]),
  ...inFile('credential/sd-jwt-format.ts', judge, [
    [
      'T6',
      'the presentation decides whether it is bound',
      "policy.requireKeyBinding && !isBroken ? ['key_binding.missing'] : []",
      '[]',
    ],
    [
      'T6',
      'a binding to no key is let pass',
      "if (key === undefined) return ['credential.unbound']",
      'if (key === undefined) return []',
    ],
    [
      'T11',
      'a credential never ends',
      "if (isInstant(exp) && now >= exp + lifetimes.clockSlack) codes.push('credential.expired')",
      '',
    ],
    [
      'T5',
      'when it was issued may be hidden',
      "if (isLogged && places.some(({ path }) => path[0] === 'iat')) codes.push('disclosure.claim_hidden')",
      '',
      'credential/sd-jwt-format.test.ts',
    ],
  ]),
  ...inFile('credential/judge.ts', judge, [
    [
      'T2',
      'the issuer’s signature is not looked at',
      'issuer.key === undefined ? [] : await format.judgeSignature(credential, issuer.key)',
      '[] as const',
    ],
    ['T4', 'defects of the token are forgotten', '[...credential.defects, ...judgeSuite', '[...judgeSuite'],
    ['T14', 'whether the issuer may issue is not asked', '...named(issuer.codes, `${at}/issuer`),', ''],
    ['T12', 'the status is not asked', '...named(status, `${at}/status`)', ''],
    ['T5', 'the type’s own rules are not kept', '...named(type.codes, `${at}/type`),', ''],
    [
      'T12',
      'a status that could not be had is not missed',
      'if (!isDoubted(codesOf(findings), policy)) return true',
      'if (!isDoubted(codesOf(findings), policy)) return reference === undefined',
    ],
  ]),
  ...inFile('credential/judge-status.ts', judge, [
    [
      'T12',
      'a status that is missing is a good one',
      "if (item === undefined) return ['credential.status_unknown']",
      'if (item === undefined) return []',
    ],
    [
      'T12',
      'a list that cannot be used tells the status',
      'if (!isUsable || opened.list === undefined)',
      'if (opened.list === undefined)',
    ],
    [
      'T11',
      'the signature of a list is not looked at',
      "...(signature.length > 0 ? (['status.signature_invalid'] as const) : []), ",
      '',
    ],
    [
      'T11',
      'any party’s list will do',
      "if (signer.did !== statusDelegate || !isInstant(claims.iat)) return { codes: ['status.wrong_signer'] }",
      "if (!isInstant(claims.iat)) return { codes: ['status.wrong_signer'] }",
    ],
    [
      'T11',
      'an older list than the log’s is taken',
      "isSame ? codes : [...codes, 'status.rolled_back']",
      'isSame ? codes : codes',
    ],
    [
      'T11',
      'a list need not stand in the log',
      "return [...codes.filter((code) => code !== 'evidence.missing'), 'credential.status_unknown']",
      'return []',
    ],
  ]),
  ...inFile('credential/judge-type.ts', judge, [
    ['T5', 'the metadata may be any bytes', "if (integrityOf(bytes) !== integrity) return 'broken'", ''],
    [
      'T5',
      'a claim that must be clear may be hidden',
      "if (isHidden(places, path)) return 'disclosure.claim_hidden'",
      '',
    ],
  ]),
  ...inFile('status/token.ts', status, [
    ['T11', 'a list for another address is taken', "if (claims.sub !== uri) findings.push('status.wrong_subject')", ''],
    [
      'T11',
      'a list without an end is taken',
      "if (!isInstant(exp)) return ['status.no_expiry']",
      'if (!isInstant(exp)) return []',
    ],
    [
      'T12',
      'a list past its end is taken',
      "return now < exp + grace ? ['credential.status_old'] : ['status.expired']",
      'return []',
    ],
  ]),
  ...inFile('status/list.ts', status, [
    ['T11', 'a list beyond the cap is opened', 'if (packed.length > limits.statusListPacked) return undefined', ''],
    ['T11', 'an empty list is a list', 'bytes && bytes.length > 0', 'bytes'],
  ]),
  ...inFile('status/value.ts', status, [
    [
      'T12',
      'an index beyond the list is a good status',
      "if (value === undefined) return ['status.out_of_range']",
      'if (value === undefined) return []',
    ],
    [
      'T12',
      'a value nobody knows is a good status',
      " || 'status.value_unknown']",
      " || 'credential.status_old'].slice(1)",
    ],
    ['T12', 'revoked is a good status', "if (value === 1) return ['credential.revoked']", 'if (value === 1) return []'],
  ]),
  ...inFile('trust/judge-accreditation.ts', judge, [
    ['T14', 'a suspended accreditation is as good as another', "if (suspended) return ['issuer.suspended']", ''],
    ['T14', 'an accreditation holds for any type', 'namesType(entry.vct, vct) && isWithin', 'isWithin'],
    [
      'T14',
      'an accreditation holds in any region',
      ' && (region === undefined || isInside(region, entry.regions))',
      '',
    ],
    ['T14', 'an accreditation holds at any time', 'return notBefore <= at && at <= notAfter', 'return true'],
    [
      'T14',
      'any chain of accreditations ends at a root',
      'if (grounds.policy.roots.includes(by)) chains.push(chain)',
      'if (by !== subject) chains.push(chain)',
    ],
    ['T14', 'what was given may be given on without end', 'inner.depth < outer.depth &&', ''],
    [
      'T14',
      'more may be passed on than was received',
      'inner.regions.every((region) => isInside(region, outer.regions))',
      'true',
    ],
    [
      'T14',
      'one accredited to check may issue',
      "if (chain.some(({ payload }) => payload.body.role !== 'issuer')) return ['issuer.not_accredited']",
      '',
    ],
    [
      'T14',
      'an accreditation that was ended goes on',
      'return body.ended !== undefined && at >= body.ended.at',
      'return false',
    ],
  ]),
  ...inFile('trust/judge-issuer.ts', judge, [
    ['T2', 'a certificate is the log’s key by its digest alone', ' && equalJwk(jwk, leaf.publicJwk)', ''],
    [
      'T14',
      'an anchor holds for any type',
      "types.some((type) => namesType(type, vct)) ? [] : ['issuer.not_accredited']",
      '[]',
    ],
  ]),
  ...inFile('trust/key-at.ts', judge, [
    [
      'R7',
      'a deactivated issuer goes on issuing',
      "if (state.status === 'closed') return { codes: [...codes, 'issuer.deactivated'] }",
      '',
    ],
    ['R7', 'a lost key goes on signing', "if (compromised === true) return ['issuer.key_withdrawn']", ''],
    [
      'R7',
      'a key signs before its time',
      "if (from !== undefined && at < from) return ['issuer.key_unknown']",
      '',
      'tests/security/trust/verdict-at-time.test.ts',
    ],
    [
      'R7',
      'a key signs after its time',
      "[at < retired ? 'issuer.key_rotated' : 'issuer.key_withdrawn']",
      "['issuer.key_rotated']",
    ],
    ['T2', 'a key for another use signs', "uses.includes('assertionMethod') ? [] : ['issuer.key_unknown']", '[]'],
  ]),
  ...inFile('trust/signer.ts', judge, [
    [
      'T2',
      'the name and the key may be two parties’',
      "if (iss !== undefined && (named === undefined || !isSame(named, url.did))) return { codes: ['issuer.names_disagree'] }",
      '',
    ],
    ['T2', 'a certificate may name two parties', "if (!isOneParty) codes.push('issuer.names_disagree')", ''],
  ]),
  ...inFile('trust/prove.ts', judge, [
    ['R10', 'a proof for another name is taken', ' || state.name !== name', ''],
    [
      'R1',
      'a fork that was found is forgotten',
      "if (fork !== undefined && (await isForked(fork, grounds))) return { codes: ['log.fork'] }",
      '',
    ],
  ]),
  ...inFile('trust/judge-verifier.ts', verifier, [
    [
      'P3',
      'hosts outside the registration may ask',
      "if (isOutside(request.responseUri, hosts)) findings.push(inRequest('verifier.origin_mismatch'))",
      '',
    ],
    [
      'P7',
      'any purpose may be named',
      'if (named !== undefined && !body.purposes.includes(named)) {',
      'if (named === undefined && !body.purposes.includes(String(named))) {',
    ],
    [
      'P3',
      'a flagged verifier may ask',
      "if (status === 'suspended' || body.ended?.cause !== undefined) return ['verifier.flagged']",
      '',
    ],
    [
      'P4',
      'a name stands beside a wrong signature',
      "if (findings.some(({ code }) => weigh(code) === 'no')) return judgement(findings, {})",
      '',
    ],
    ['R7', 'lost keys sign requests', 'key.compromised !== true && ', ''],
    [
      'P3',
      'a registration holds for any certificate',
      'certificate === undefined || payload.body.certs.includes(certificate.digest)',
      'true',
    ],
  ]),
  ...inFile('presentation/dcql-subset.ts', verifier, [
    [
      'P7',
      'claims beyond the registered ones are not too much',
      'if (!isPathWithin(asked.path, allowed.path)) return false',
      '',
      dcql,
    ],
  ]),
  ...inFile('presentation/request-judge.ts', request, [
    [
      'P4',
      'an unsigned request is let pass',
      "unsigned ? [...codes.filter((code) => code !== 'jws.algorithm_refused'), 'verifier.unsigned'] : codes",
      'unsigned ? [] : codes',
    ],
    [
      'P5',
      'the answer may go to another origin',
      "if (new URL(request.responseUri).origin !== new URL(requestUri).origin) codes.push('verifier.origin_mismatch')",
      '',
    ],
    [
      'P2',
      'the answer to another fetch is taken',
      "if (request.walletNonce !== occasion.walletNonce) codes.push('verifier.request_expired')",
      '',
    ],
    [
      'P5',
      'the request may come from another than the link said',
      "if (request.clientId.text !== occasion.clientId) codes.push('verifier.client_mismatch')",
      '',
    ],
    [
      'P3',
      'an old request is taken',
      "if (expires !== undefined && expires + lifetimes.clockSlack < now) codes.push('verifier.request_expired')",
      '',
    ],
    [
      'P5',
      'the certificate may be another',
      "if (leaf.digest !== request.clientId.value) codes.push('verifier.client_mismatch')",
      '',
    ],
  ]),
  ...inFile('presentation/dcql.ts', dcql, [
    [
      'P7',
      'more may be shown than was asked',
      "disclosed.every((place) => isNeededFor(place, paths)) ? [] : ['query.excess_disclosure']",
      '[]',
    ],
    [
      'P7',
      'an answer to no question is let pass',
      "asked ? judgeOne(asked, answer) : ['query.unrequested']",
      'asked ? judgeOne(asked, answer) : []',
    ],
    [
      'P7',
      'a required set may stay unanswered',
      'if (sets.some(({ required, met }) => required && met.length === 0))',
      'if (sets.length === 0)',
    ],
    ['P7', 'another type answers', ' || !isOfType(query.type, candidate.types)', ''],
    [
      'T6',
      'an unbound credential answers a query for a bound one',
      "query.requiresHolderBinding && !candidate.bound ? ['credential.unbound'] : []",
      '[]',
    ],
    ['P7', 'any value answers', 'values === undefined || isOneOf(value, values)', 'true'],
    ['P7', 'any authority will do', "if (!isTrusted(query, candidate)) return ['query.not_satisfied']", ''],
    [
      'P7',
      'one question may be answered twice',
      "count > 1 && !multiple ? [{ code: 'query.count_wrong', at: `query/${id}` } as const] : []",
      '[]',
    ],
  ]),
  ...inFile('log/inclusion.ts', tree, [
    ['R10', 'an index beyond the tree has a place', ' && index >= 0 && index < size', ''],
    ['R10', 'a path that is too short leads to a root', 'return last === 0 ? node : undefined', 'return node'],
    ['R10', 'a path that is too long leads to a root', 'if (last === 0) return undefined\n    const', 'const'],
    ['R10', 'any root is the right one', 'reached !== undefined && equalHash(reached, root)', 'reached !== undefined'],
  ]),
  ...inFile('log/consistency.ts', tree, [
    ['R1', 'the old tree need not be part of the new one', ' && equalHash(oldNode, oldRoot)', ''],
    ['R1', 'the new root is not looked at', ' && equalHash(newNode, newRoot)', ''],
    [
      'R1',
      'two roots of one size are consistent',
      'path.length === 0 && equalHash(oldRoot, newRoot)',
      'path.length === 0',
    ],
    [
      'R2',
      'a log may go back',
      'if (oldSize <= 0 || oldSize > newSize) return false',
      'if (oldSize <= 0) return false',
    ],
  ]),
  ...inFile('log/map.ts', 'log/map.test.ts', [
    ['R10', 'the way up may turn back', 'bit >= below || ', ''],
    ['R10', 'a leaf from elsewhere proves absence', 'bitOf(key, bit) !== bitOf(leaf.key, bit)', 'false'],
    [
      'R10',
      'any root is the right one',
      'if (reached === undefined || !equalBytes(reached, root)) return undefined',
      'if (reached === undefined) return undefined',
    ],
    [
      'R10',
      'no leaf proves absence in any map',
      'return path.length === 0 ? emptyHash : undefined',
      'return emptyHash',
    ],
  ]),
  ...inFile('log/proof-way.ts', bundle, [
    ['R10', 'a record under another name is taken', 'named.ns === ns && named.name === name && ', ''],
    ['R10', 'an older record than the state’s is taken', 'seq === state.seq && ', ''],
    [
      'R10',
      'a leaf of the name itself proves its absence',
      'return leaf === undefined || !equalBytes(leaf.key, key)',
      'return true',
    ],
    ['R7', 'a closed name may be shown as open', " && closes(record) === (state.status === 'closed')", ''],
    ['R10', 'the seal need not be the last leaf', 'if (sealIndex(seal) !== size - 1) return undefined', ''],
  ]),
  ...inFile('log/bundle.ts', bundle, [
    ['R10', 'a bundle of another log is taken', 'bundle.log !== trust.log || ', ''],
    [
      'R1',
      'the log’s own signature is not asked for',
      'verified.some(({ key }) => key.type === noteTypes.ed25519 && isLogKey(trust, key.keyId)) ? verified : undefined',
      'verified',
    ],
    ['R1', 'a quorum of witnesses is not asked for', "codes: stand.short ? ['log.witness_short'] : []", 'codes: []'],
    [
      'R10',
      'evidence never grows old',
      "return over <= trust.offlineGrace ? ['evidence.old'] : ['evidence.too_old']",
      'return []',
    ],
    [
      'R1',
      'two roots of one size are no fork',
      "return equalBytes(head.root, known.root) ? [] : ['log.fork']",
      'return []',
    ],
    [
      'R2',
      'a log may go back behind a known head',
      "return known.time !== undefined && known.time - time <= lifetimes.headSlack ? [] : ['evidence.too_old']",
      'return []',
    ],
    [
      'R1',
      'another root than the ledger’s is no fork',
      "if (anchored?.size === head.size && !equalBytes(anchored.root, head.root)) return ['log.fork']",
      '',
    ],
    [
      'R6',
      'a head need not be anchored',
      "requireAnchor && (anchored === undefined || anchored.size < head.size) ? ['evidence.missing'] : []",
      '[]',
    ],
    [
      'R10',
      'a seal from the future is taken',
      "if (now < Math.max(seal, checkpoint) - lifetimes.clockSlack) return ['clock.wrong']",
      '',
    ],
  ]),
  ...inFile('log/quorum.ts', bundle, [['R1', 'one witness is a quorum', '[quorum.threshold - 1]', '[0]']]),
  ...inFile('log/note.ts', 'log/note.test.ts', [
    ['R1', 'every signature on a note is good', 'if (wrong.length === 0) verified.push', 'verified.push'],
    [
      'R1',
      'a key need not be the one its id names',
      "return key.keyId === keyId ? key : malformed('vkey')",
      'return key',
    ],
  ]),
  ...inFile('log/trust-policy.ts', 'log/trust-policy.test.ts', [
    ['R1', 'one key under two names counts twice', ' || this.#keys.has(bare)', ''],
    ['R1', 'one witness counts in two groups', "if (this.#members.has(member)) malformed('group')", ''],
  ]),
  ...inFile('log/seal.ts', 'log/seal.test.ts', [
    [
      'R5',
      'the numbers of a seal need not go together',
      "if (!isPossible(seal)) throw new Fault('checkpoint.malformed', { at: 'seal' })",
      '',
    ],
    [
      'R5',
      'a batch may leave entries out',
      'prev === undefined && first === 0 : prev === first - 1',
      'prev === undefined && first === 0 : true',
    ],
  ]),
  ...inFile('record/verify.ts', history, [
    ['R7', 'the signatures of a record are not looked at', 'if (found.length > 0) return found', ''],
    [
      'R7',
      'a record needs fewer signatures than keys',
      'if (keys.length !== record.signatures.length) return wrong',
      '',
      'record/record.test.ts',
    ],
    [
      'T8',
      'weak keys sign records',
      "if (signature.alg === 'Ed25519' && !isStrictEd25519(key, signature.signature)) return wrong",
      '',
      'record/record.test.ts',
    ],
  ]),
  ...inFile('record/history.ts', history, [
    [
      'R7',
      'an operation may follow any other',
      "if (payload.seq !== before.seq + 1 || payload.prev !== before.id) return 'operation.out_of_order'",
      '',
    ],
    [
      'R7',
      'keys nobody promised sign',
      "if (!isCommitted(payload.keys, commitment)) return 'operation.key_uncommitted'",
      '',
    ],
    [
      'R7',
      'an update may change who recovers',
      "if (payload.kind === 'update' && !equalCommitment(payload.next.recovery, next.recovery))\n    return 'operation.recovery_changed'",
      '',
    ],
    [
      'R7',
      'a deactivated DID goes on',
      "if (before.status === 'closed') return 'did.deactivated'\n  if (payload.seq",
      'if (payload.seq',
    ],
    ['R7', 'an update may deactivate', "payload.kind === 'update' ? next.update : next.recovery", 'next.update'],
    ['R9', 'one admin is enough', 'return keys.length >= needed ? keys : undefined', 'return keys'],
    [
      'R9',
      'one signature may count twice',
      "if (new Set(kids).size !== kids.length) return { code: 'operation.signer_not_authorised' }",
      '',
    ],
    ['R9', 'a new grant acts at once', "return { code: 'operation.grant_too_early' }", 'return { keys }'],
    ['R9', 'a key that publishes status may accredit', "(kind === 'sl' || kind === 'log') && ", ''],
    [
      'R9',
      'a promised key may be one that was shown',
      "return reusesKey(payload) ? 'operation.key_reused' : undefined",
      'return undefined',
    ],
    ['R5', 'an expired operation is taken', "if (isExpired(payload.exp, sealTime)) return 'operation.expired'", ''],
  ]),
  ...inFile('record/members.ts', 'record/record.test.ts', [
    [
      'T7',
      'members nobody knows are ignored',
      'if (!required.includes(name) && !optional.includes(name)) malformed(`${at}.${name}`)',
      '',
    ],
  ]),
  ...inFile('did/fujie.ts', 'did/did.test.ts', [
    ['R7', 'a long form may carry another’s record', ' || nameOfRecord(record).name !== `did:fujie:${did.id}`', ''],
    [
      'R7',
      'a long form need not be signed',
      "if ((await verifyRecord(record, record.payload.keys)).length > 0) throw new Fault('did.invalid')",
      '',
    ],
  ]),
  ...inFile('did/document.ts', request, [
    [
      'T2',
      'a key serves for what it was not named for',
      'if (document[relationship]?.includes(keyId) !== true) return undefined',
      '',
    ],
  ]),
  ...inFile('x509/chain.ts', 'tests/security/x509/chain-hostile.test.ts', [
    [
      'T2',
      'the links of a chain are not looked at',
      'if (!mayIssue || !isIssuedBy(certificate, issuer)) return invalid',
      '',
    ],
    [
      'T2',
      'an authority may be a leaf',
      'return !isAuthority && signs && isForUs',
      'return signs && isForUs',
      'x509/chain.test.ts',
    ],
    ['T2', 'an anchor may stand in the chain', "findings.push('certificate.anchor_in_chain')", ''],
    [
      'T2',
      'a certificate never ends',
      "certificate.notBefore <= at && at <= certificate.notAfter ? [] : ['certificate.expired']",
      '[]',
      'trust/judge-issuer.test.ts',
    ],
  ]),
  ...inFile('trust/policy.ts', 'trust/policy.test.ts', [
    [
      'T12',
      'a misspelt demand is ignored',
      'for (const name in json) if (!members.includes(name)) malformed(name)',
      '',
    ],
  ]),
  ...inFile('trust/accredited-types.ts', 'credential/sd-jwt-format.test.ts', [
    ['T14', 'a further type counts for anybody', 'if (codes.length === 0) types.push(vct)', 'types.push(vct)'],
  ]),
  ...inFile('credential/mdoc.ts', 'credential/mdoc.test.ts', [
    ['T4', 'an item nobody signed is shown', 'equalBytes(digest, digestOfItem(bytes))', 'true'],
    ['T4', 'an item may stand there twice', "codes.push('disclosure.duplicate')", '{}'],
    ['T4', 'an item that can be guessed is taken', 'random.length < leastRandom', 'false'],
    ['T4', 'what a holder says of itself is passed over', "isSelfSaid ? ['disclosure.unreferenced'] : []", '[]'],
    ['T15', 'several documents come as one', '|| documents.length !== 1) malformed', ') malformed'],
    ['T3', 'a document of another type than was signed', "document.get('docType') !== issued.docType", 'false'],
    ['T8', 'a document that ended before it began', 'times.from < times.until', 'true'],
  ]),
  ...inFile('credential/mdoc-format.ts', 'credential/mdoc.test.ts', [
    [
      'T2',
      'an issuer’s signature over an mdoc is not looked at',
      "...(await verifyCose<FindingCode>(issuerAuth, issuerAuth.payload, key, 'jws.signature_invalid'))",
      '',
    ],
    ['T12', 'an mdoc never ends', 'now >= validity.until + clockSlack', 'false'],
    [
      'T6',
      'a holder that did not sign is let pass',
      'mdoc.deviceAuth === undefined && !policy.requireKeyBinding',
      'mdoc.deviceAuth === undefined',
    ],
  ]),
  ...inFile('credential/mdoc-cose.ts', 'credential/mdoc.test.ts', [
    ['T1', 'another algorithm is let pass', "codes.push('jws.algorithm_refused')", '{}'],
    ['T1', 'an extension nobody knows is let pass', "codes.push('jws.critical_unknown')", '{}'],
    ['T2', 'a key from elsewhere is let pass', "if (foreign) codes.push('jws.key_header_refused')", ''],
    ['T8', 'a parameter in both headers is read one way', 'unprotectedHeader.has(label as CborValue)', 'false'],
  ]),
  ...inFile('credential/judge-device-auth.ts', 'credential/mdoc.test.ts', [
    [
      'T6',
      'a MAC counts as a signature',
      "if (signature === undefined) return ['key_binding.signature_invalid']",
      'if (signature === undefined) return []',
    ],
    ['T6', 'an mdoc confirms any transaction', "isForeign ? ['key_binding.transaction_mismatch'] : []", '[]'],
  ]),
  ...inFile('encoding/cbor.ts', 'credential/mdoc-cbor.test.ts', [
    ['T7', 'doubled keys are read', 'rejectDuplicateMapKeys: true', 'rejectDuplicateMapKeys: false'],
  ]),
  ...inFile('credential/mdoc-cbor.ts', 'credential/mdoc-cbor.test.ts', [
    ['T11', 'structures are read to any depth', '++this.#reading.depth > limits.mdocDepth', 'false'],
    ['T11', 'structures of any size are read', '++this.#reading.items > limits.mdocItems', 'false'],
  ]),
  ...inFile('credential/judge-vc-jwt.ts', 'credential/vc-jwt.test.ts', [
    [
      'T2',
      'the signature of a vc+jwt is not looked at',
      'return [...header, ...signature].filter',
      'return [...header].filter',
    ],
    [
      'T2',
      'a vc+jwt may bring its own certificate',
      'jws.header.x5c === undefined && jws.header.x5t === undefined',
      'true',
    ],
    ['T3', 'a document with `vc` inside is read', "isForeign ? ['jws.type_wrong'] : []", '[]'],
    ['T12', 'a document never ends', 'isNumber(end) && now >= end + slack', 'false'],
    ['T9', 'terms of unknown contexts are taken', "isKnown ? [] : ['credential.context_unknown']", '[]'],
    [
      'T12',
      'a status of a kind we do not follow is no status',
      "statusReference(payload) : 'broken'",
      'statusReference(payload) : undefined',
    ],
  ]),
  ...inFile('credential/judge-vp-jwt.ts', 'credential/vc-jwt.test.ts', [
    ['T6', 'anybody may sign a presentation', '...header, ...signed, ...holder', '...header, ...holder'],
    ['T6', 'a presentation for any occasion is taken', ', ...judgeOccasion(payload, occasion, now)', ''],
    [
      'T2',
      'a presentation may name another holder',
      "isHolder(presentation, key) ? [] : (['key_binding.signature_invalid'] as const)",
      '[]',
    ],
  ]),
  ...inFile('credential/judge-second.ts', 'suites/pq/presented.test.ts', [
    ['T2', 'any key signs second', '|| !names.includes(secondKeyName(key))', ''],
    ['T12', 'a second signature that is missing is let pass', "(['credential.second_missing'] as const)", '[]'],
  ]),
  ...inFile('presentation/replay.ts', 'presentation/evidence-bundle.test.ts', [
    ['T12', 'anybody signs an evidence bundle', 'wrong === undefined ? undefined', 'true ? undefined'],
    ['T12', 'evidence need not be what its digest says', 'if (found !== stated) return', 'if (false) return'],
    ['T12', 'a policy need not be what its digest says', 'if (digest !== policy.sha256) return', 'if (false) return'],
  ]),
  ...inFile('verdict.ts', judge, [
    ['T12', 'not knowing is yes', "if (seen.has('unknown')) return { outcome: 'undecided', findings: found }", ''],
    ['T12', 'a no is no more than a note', "if (seen.has('no')) return { outcome: 'rejected', findings: found }", ''],
    [
      'T12',
      'a policy may waive anything',
      "const lowers = row.weight === 'no' && wanted === 'note' && row.fixed === undefined",
      "const lowers = wanted === 'note'",
    ],
  ]),
]

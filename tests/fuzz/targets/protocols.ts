import {
  parseJson,
  parseJsonBytes,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@fujie/shared/core/encoding/json.ts'
import {
  parseIssuerMetadata,
  formatIssuerMetadata,
  parseServerMetadataBytes,
} from '@fujie/shared/core/issuance/metadata.ts'
import { formatOffer, parseOffer, parseOfferBytes } from '@fujie/shared/core/issuance/offer.ts'
import { formatTokenResponse, parseTokenResponse } from '@fujie/shared/core/issuance/token.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  chooseAnswer,
  judgeAnswer,
  matchQuery,
  parseDcqlQuery,
  type Candidate,
} from '@fujie/shared/core/presentation/dcql.ts'
import { excessQueries } from '@fujie/shared/core/presentation/dcql-subset.ts'
import { formatEvidence, parseEvidence } from '@fujie/shared/core/presentation/evidence.ts'
import { formatPresentationFile, parsePresentationFile } from '@fujie/shared/core/presentation/presentation.ts'
import { onBehalfOf, parseRequest, purposeOf } from '@fujie/shared/core/presentation/request.ts'
import { formatResponse, parsePostedResponse, parseResponse } from '@fujie/shared/core/presentation/response.ts'
import { formatPolicy, parsePolicy } from '@fujie/shared/core/trust/policy.ts'
import { Disagreement, text, type Target } from '../target.ts'
import { same } from './same.ts'

const issuer = 'https://police.example'
const dcqlWords = [
  'credentials',
  'claims',
  'claim_sets',
  'credential_sets',
  'options',
  'required',
  'multiple',
  'values',
  'path',
  'meta',
  'vct_values',
  'type_values',
  'doctype_value',
  'trusted_authorities',
  'aki',
  'dc+sd-jwt',
  'mso_mdoc',
  'ldp_vc',
  'require_cryptographic_holder_binding',
]

const json = (value: unknown) => JSON.stringify(value)

export const protocolTargets: readonly Target[] = [
  {
    name: 'dcql-query',
    words: dcqlWords,
    most: 32 * 1024,
    read(input) {
      const query = parseDcqlQuery(parseJsonBytes(input))
      same('query', parseDcqlQuery(parseJson(json(query.json))), query)
      const known = query.credentials.filter(({ type }) => type.kind !== 'other')
      const excess = excessQueries(query, [query])
      same(
        'a query asks for no more than itself',
        known.filter(({ id }) => excess.has(id)),
        [],
      )
    },
  },
  {
    name: 'dcql-answer',
    words: dcqlWords,
    most: 32 * 1024,
    read(input) {
      const given = parseJsonBytes(input)
      if (!isJsonObject(given)) return
      const query = parseDcqlQuery(given.query)
      const candidates = listOf(given.candidates).map(candidateOf)
      const match = matchQuery(query, candidates)
      const answer = chooseAnswer(match)
      if (answer !== undefined && !match.satisfiable) throw new Disagreement('an answer to what cannot be answered')
      for (const chosen of answer ?? [])
        if (!candidates.includes(chosen.candidate)) throw new Disagreement('a credential out of nowhere')
      judgeAnswer(
        query,
        candidates.map((candidate) => ({
          query: candidate.id,
          candidate,
          disclosed: listOf(given.disclosed).map(pathOf),
          at: 'c',
        })),
      )
    },
  },
  {
    name: 'request',
    words: [
      ...dcqlWords,
      'client_id',
      'response_uri',
      'response_mode',
      'direct_post.jwt',
      'direct_post',
      'nonce',
      'client_metadata',
      'jwks',
      'transaction_data',
      'verifier_info',
      'scope',
      'redirect_uri',
      'x509_hash:',
      'decentralized_identifier:',
    ],
    most: 32 * 1024,
    read(input) {
      const request = parseRequest(text(input))
      purposeOf(request)
      onBehalfOf(request)
    },
  },
  {
    name: 'response',
    words: ['vp_token', 'state'],
    most: 32 * 1024,
    read(input) {
      const response = parseResponse(input)
      same('response', parseResponse(formatResponse(response)), response)
    },
  },
  {
    name: 'posted-response',
    words: ['vp_token', 'state', 'response', 'error', '=', '&', '%7B', '+'],
    most: 32 * 1024,
    read: (input) => parsePostedResponse(text(input)),
  },
  {
    name: 'offer',
    words: [
      'credential_issuer',
      'grants',
      'tx_code',
      'input_mode',
      'length',
      'authorization_code',
      'issuer_state',
      'https://',
    ],
    read(input) {
      const offer = parseOfferBytes(input)
      same('offer', parseOffer(parseJson(json(formatOffer(offer)))), offer)
    },
  },
  {
    name: 'issuer-metadata',
    words: [
      'credential_issuer',
      'credential_configurations_supported',
      'proof_types_supported',
      'jwt',
      'format',
      'vct',
      'display',
      'logo',
      'uri',
      'claims',
      'path',
    ],
    most: 32 * 1024,
    read(input) {
      const bounds = { string: limits.metadata }
      const metadata = parseIssuerMetadata(parseJsonBytes(input, bounds), issuer)
      same('metadata', parseIssuerMetadata(parseJson(json(formatIssuerMetadata(metadata)), bounds), issuer), metadata)
    },
  },
  { name: 'server-metadata', words: ['issuer', 'https://'], read: (input) => parseServerMetadataBytes(input, issuer) },
  {
    name: 'token-response',
    words: ['access_token', 'DPoP', 'authorization_details', 'openid_credential'],
    read(input) {
      const response = parseTokenResponse(input)
      same('token response', parseTokenResponse(Buffer.from(json(formatTokenResponse(response)))), response)
    },
  },
  {
    name: 'evidence',
    words: ['did_state', 'status_token', 'certificate', 'fork', 'fetchedAt', 'items'],
    most: 64 * 1024,
    read(input) {
      const evidence = parseEvidence(text(input))
      same('evidence', parseEvidence(json(formatEvidence(evidence))), evidence)
    },
  },
  {
    name: 'policy',
    words: ['quorum', 'members', 'threshold', 'anchors', 'weights', 'note', 'check', 'roots', 'maxEvidenceAge'],
    most: 16 * 1024,
    read(input) {
      const policy = parsePolicy(text(input))
      same('policy', parsePolicy(json(formatPolicy(policy))), policy)
    },
  },
  {
    name: 'presentation',
    words: [...dcqlWords, 'vp_token', 'request', 'requestedAt', 'transaction_data_hashes', '_sd', '...'],
    most: 64 * 1024,
    read(input) {
      const presentation = parsePresentationFile(text(input))
      same('presentation', parsePresentationFile(json(formatPresentationFile(presentation))), presentation)
    },
  },
]

function listOf(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : []
}

function candidateOf(value: Json): Candidate {
  const members: JsonObject = isJsonObject(value) ? value : {}
  return {
    id: textOf(members.id),
    format: textOf(members.format),
    types: listOf(members.types).map(textOf),
    claims: isJsonObject(members.claims) ? members.claims : {},
    bound: members.bound === true,
    authorityKeyIds: listOf(members.authorityKeyIds).map(textOf),
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function pathOf(value: Json): readonly (string | number)[] {
  return listOf(value).filter((step) => typeof step === 'string' || typeof step === 'number')
}

import { sha256 } from '../core/crypto/hash.ts'
import { toHex } from '../core/encoding/bytes.ts'
import { isJsonObject, parseJsonBytes } from '../core/encoding/json.ts'
import { Fault, isFaultCode, type FaultCode } from '../core/fault.ts'
import type { Http, HttpRequest, HttpResponse } from '../ports/http.ts'
import type { RegistryWriter } from '../ports/registry-writer.ts'

const answerLimit = 64 * 1024
/** A batch closes after a second and is answered after five at the latest. */
const patience = 10

/** A registry at an address, through the one guarded way out. */
export function registryWriterOverHttp(http: Http, registry: string): RegistryWriter {
  return {
    async submit(record) {
      await send(http, {
        method: 'POST',
        url: `${registry}/ops`,
        headers: { 'content-type': 'application/jose' },
        body: record.text,
        limit: answerLimit,
        timeout: patience,
      })
    },
    async keepBlob(bytes, token) {
      await send(http, {
        method: 'PUT',
        url: `${registry}/blobs/${toHex(sha256(bytes))}`,
        headers: { 'content-type': 'application/octet-stream', authorization: `Fujie ${token}` },
        body: bytes,
        limit: answerLimit,
      })
    },
  }
}

async function send(http: Http, request: HttpRequest): Promise<void> {
  const answer = await http.send(request).catch((cause: unknown) => {
    throw new Fault('registry.unreachable', {}, { cause })
  })
  if (answer.status >= 300) throw new Fault(codeOf(answer))
}

function codeOf({ body }: HttpResponse): FaultCode {
  try {
    const json = parseJsonBytes(body)
    if (isJsonObject(json) && isFaultCode(json.error)) return json.error
  } catch {
    // An answer that is no JSON says nothing of why.
  }
  return 'registry.unreachable'
}

import type { FindingCode } from '../../core/verdict.ts'

export interface FindingWords {
  readonly zh: string
  readonly en: string
}

const word = (zh: string, en: string): FindingWords => ({ zh, en })

/** Words for every finding; a missing one does not compile. */
export const findingWords: Readonly<Record<FindingCode, FindingWords>> = {
  'jws.type_wrong': word('签名文件的类别不对', 'Signed as another kind of token'),
  'jws.algorithm_refused': word('签名算法不被接受', 'Signature algorithm not accepted'),
  'jws.signature_invalid': word('签名对不上，内容被改动', 'The signature does not match the content'),
  'jws.critical_unknown': word('含有看不懂的必需扩展', 'Demands an extension we do not know'),
  'jws.key_header_refused': word('签名自带密钥，不予采信', 'Brings its own key, which is not trusted'),
  'jws.not_canonical': word('编码不规范', 'Not encoded in the one right way'),

  'disclosure.duplicate': word('同一项出现两次', 'One item appears twice'),
  'disclosure.unreferenced': word('加入了机构没有签过的内容', 'Holds an item the issuer never signed'),
  'disclosure.malformed': word('某一项的格式不对', 'An item is malformed'),
  'disclosure.reserved_name': word('某一项用了保留名称', 'An item uses a reserved name'),
  'disclosure.name_clash': word('两项重名', 'Two items have the same name'),
  'disclosure.claim_hidden': word('不可隐藏的内容被隐藏', 'Hides what must not be hidden'),
  'disclosure.digest_algorithm': word('摘要算法不被接受', 'Digest algorithm not accepted'),

  'credential.claim_missing': word('证件缺少必需内容', 'The document lacks a required part'),
  'credential.expired': word('证件已过期', 'The document has expired'),
  'credential.not_yet_valid': word('证件尚未生效', 'The document is not valid yet'),
  'credential.revoked': word('证件已失效', 'The document is no longer valid'),
  'credential.suspended': word('证件暂停使用', 'The document is on hold'),
  'credential.status_unknown': word('无法查询是否已失效', 'Cannot tell whether it was withdrawn'),
  'credential.status_old': word('状态资料较旧', 'Its status is known from older data'),
  'credential.person_check': word('需要核对本人', 'A person has to be compared'),
  'credential.type_mismatch': word('不是所需的证件类型', 'Not the type of document asked for'),
  'credential.type_metadata_mismatch': word('与登记的证件类型不符', 'Does not match its registered type'),
  'credential.unbound': word('证件没有绑定持有人', 'Not bound to a holder'),
  'credential.second_missing': word('缺少所要求的第二签名', 'The second signature that is demanded is missing'),
  'credential.names_disagree': word('同一份证件里的名称互相矛盾', 'Names its subject or itself in two ways'),
  'credential.context_unknown': word('用了我们不认识的用语', 'Uses terms we do not know'),

  'key_binding.missing': word('没有持有人的签名', 'The holder’s signature is missing'),
  'key_binding.signature_invalid': word('持有人的签名不对', 'The holder’s signature is wrong'),
  'key_binding.wrong_audience': word('是出示给别人的', 'Was shown to somebody else'),
  'key_binding.wrong_nonce': word('不是对这次请求的答复', 'Does not answer this request'),
  'key_binding.wrong_hash': word('持有人签的是另一份内容', 'The holder signed other content'),
  'key_binding.stale': word('出示的时间太早', 'Was shown too long ago'),
  'key_binding.from_future': word('出示的时间在将来', 'Was shown in the future'),
  'key_binding.replayed': word('这次出示已经用过', 'This showing was used before'),
  'key_binding.transaction_mismatch': word('持有人确认的是另一件事', 'The holder confirmed something else'),

  'issuer.unknown': word('颁发机构不在名单', 'The issuer is not listed'),
  'issuer.not_accredited': word('颁发机构无权颁发这种证件', 'The issuer may not issue this type'),
  'issuer.suspended': word('颁发机构的资格被暂停', 'The issuer is suspended'),
  'issuer.accreditation_ended': word('颁发机构的资格后来已结束', 'The issuer’s right has ended since'),
  'issuer.key_unknown': word('签名密钥不属于这个机构', 'The key is not the issuer’s'),
  'issuer.key_rotated': word('机构后来更换了密钥', 'The issuer has changed its key since'),
  'issuer.key_withdrawn': word('签名密钥已被撤回', 'The key was withdrawn'),
  'issuer.names_disagree': word('同一份证件里的机构名称互相矛盾', 'It names two different issuers'),
  'issuer.deactivated': word('颁发机构的身份已停用', 'The issuer’s identity is deactivated'),

  'certificate.chain_invalid': word('证书链不成立', 'The certificate chain does not hold'),
  'certificate.anchor_unknown': word('证书的根不在名单', 'The root of the certificates is not listed'),
  'certificate.anchor_in_chain': word('证书链自带根证书', 'The chain brings its own root'),
  'certificate.self_signed': word('证书是自己签的', 'The certificate is self-signed'),
  'certificate.expired': word('证书已过期', 'The certificate has expired'),
  'certificate.name_mismatch': word('证书上的名称不符', 'The certificate names somebody else'),
  'certificate.usage_wrong': word('证书不能用于这个用途', 'The certificate is not for this use'),
  'certificate.withdrawn': word('证书已被撤回', 'The certificate was withdrawn'),

  'status.unreachable': word('状态表无法取得', 'The status list cannot be reached'),
  'status.signature_invalid': word('状态表的签名不对', 'The status list’s signature is wrong'),
  'status.wrong_subject': word('状态表属于另一个地址', 'The status list is for another address'),
  'status.wrong_signer': word('状态表由别人签发', 'The status list is signed by somebody else'),
  'status.expired': word('状态表已过时', 'The status list has expired'),
  'status.no_expiry': word('状态表没有期限', 'The status list has no end date'),
  'status.too_large': word('状态表太大', 'The status list is too large'),
  'status.out_of_range': word('状态表里没有这个位置', 'The status list has no such place'),
  'status.rolled_back': word('状态表被换回旧的', 'The status list was rolled back'),
  'status.value_unknown': word('状态表里的值看不懂', 'The status list holds an unknown value'),
  'status.fetched_on_demand': word('状态是临时查询的', 'The status was fetched on demand'),

  'query.not_satisfied': word('没有回答全部请求', 'The request is not fully answered'),
  'query.claim_absent': word('缺少所需的一项', 'A required item is absent'),
  'query.value_mismatch': word('某一项的值不符合要求', 'An item has not the value asked for'),
  'query.unrequested': word('含有没有请求的证件', 'Holds a document that was not asked for'),
  'query.count_wrong': word('证件的数量不对', 'The number of documents is wrong'),
  'query.excess_disclosure': word('多给了没有请求的内容', 'More was shared than asked for'),
  'query.persons_differ': word('两份证件不是同一人', 'The documents are of different people'),

  'verifier.unsigned': word('请求没有签名', 'The request is not signed'),
  'verifier.signature_invalid': word('请求的签名不对', 'The request’s signature is wrong'),
  'verifier.client_mismatch': word('请求与链接的名称不同', 'Request and link name different parties'),
  'verifier.origin_mismatch': word('答复会送到别的网站', 'The answer would go to another site'),
  'verifier.unregistered': word('核验方没有登记', 'The verifier is not registered'),
  'verifier.over_asking': word('请求超出登记范围', 'It asks for more than registered'),
  'verifier.flagged': word('登记已被暂停或撤销', 'Its registration is on hold or withdrawn'),
  'verifier.purpose_unknown': word('这项用途没有登记', 'The purpose is not registered'),
  'verifier.issuer_disallows': word('颁发机构不允许向它出示', 'The issuer does not allow showing it here'),
  'verifier.request_expired': word('请求已过时', 'The request has expired'),

  'log.inclusion_invalid': word('登记簿的证明对不上', 'The registry’s proof does not hold'),
  'log.fork': word('登记簿出现两个版本', 'The registry shows two versions'),
  'log.witness_short': word('见证人不够', 'Too few witnesses'),
  'evidence.missing': word('缺少登记簿资料', 'Registry data is missing'),
  'evidence.too_old': word('登记簿资料太旧', 'Registry data is too old'),
  'evidence.old': word('登记簿资料较旧', 'Registry data is older'),
  'clock.wrong': word('本机时间不对', 'This computer’s clock is wrong'),
}

/**
 * The words a compressor of answers starts with, by id 1: what sample credentials have in common, the most frequent last
 * (product design, 6.4).
 *
 * Frozen: an answer tells the id alone, and whoever reads it must have the same bytes. Other words are another id.
 */
export const answerWords = [
  '["","basic",{"name":"","id_number":"","birthdate":"19","gender":"1"}]',
  '["","age_equal_or_over",{"18":true}]',
  '["","address",""]',
  '["","portrait_hash",""]',
  '{"alg":"ES256","typ":"dc+sd-jwt","kid":"did:fujie:ciq#k1"}',
  '{"iss":"did:fujie:ciq","vct":"urn:fujie:cn:resident-id.counter:1","vct#integrity":"sha256-","iat":,',
  '"exp":,"cnf":{"jwk":{"crv":"P-256","kty":"EC","x":"","y":""}},"status":{"status_list":{"idx":,',
  '"uri":"https:///status/1"}},"_sd_alg":"sha-256","_sd":["","","",""],"issuing_authority":"示例市公安局",',
  '"sample":true}',
  '{"alg":"ES256","typ":"kb+jwt"}',
  '{"iat":,"aud":"decentralized_identifier:","nonce":"","sd_hash":""}',
].join('')

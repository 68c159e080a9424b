import { readAllowedOrigins } from './allowed-origins';
import { systemClock } from './clock';
import { readList, readSetting } from './environment';
import type { Environment } from './environment';
import { log } from './log';
import type { AuthorizeServices } from '../../access/authorize';
import { verifyToken } from '../../access/authorize-token';
import { JwtTokens } from '../jwt-tokens';

/** Creates the services of AuthorizeToken from its environment. */
export function createTokenServices(environment: Environment): AuthorizeServices {
  const tokens = new JwtTokens({
    issuer: readSetting(environment, 'ISSUER'),
    jwksUri: readSetting(environment, 'JWKS_URI'),
    audience: readList(environment, 'AUDIENCE'),
    tokenUse: readTokenUse(environment),
  });
  const claimNames = readList(environment, 'CLAIM_NAMES');
  return { verify: verifyToken({ tokens, clock: systemClock, claimNames }), allowedOrigins: readAllowedOrigins(environment), log };
}

function readTokenUse({ TOKEN_USE: use }: Environment): 'access' | 'id' | undefined {
  if (use !== undefined && use !== 'access' && use !== 'id') {
    throw new Error(`the environment variable TOKEN_USE is ${use}, which is neither access nor id; deploy this function with RedshiftWebSocketQuery`);
  }
  return use;
}

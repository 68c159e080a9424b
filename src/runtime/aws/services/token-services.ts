import { allowedOriginsOf } from './allowed-origins';
import { systemClock } from './clock';
import { listSetting, setting } from './environment';
import type { Environment } from './environment';
import { JwtTokens } from '../jwt-tokens';
import { log } from './log';
import type { AuthorizeServices } from '../../access/authorize';
import { verifyToken } from '../../access/authorize-token';

/** Creates the services of AuthorizeToken from its environment. */
export function tokenServices(environment: Environment): AuthorizeServices {
  const tokens = new JwtTokens({
    issuer: setting(environment, 'ISSUER'),
    jwksUri: setting(environment, 'JWKS_URI'),
    audience: listSetting(environment, 'AUDIENCE'),
    tokenUse: tokenUseOf(environment),
  });
  const claimNames = listSetting(environment, 'CLAIM_NAMES');
  return { verify: verifyToken({ tokens, clock: systemClock, claimNames }), allowedOrigins: allowedOriginsOf(environment), log };
}

function tokenUseOf({ TOKEN_USE: use }: Environment): 'access' | 'id' | undefined {
  if (use !== undefined && use !== 'access' && use !== 'id') {
    throw new Error(`the environment variable TOKEN_USE is ${use}, which is neither access nor id; deploy this function with RedshiftWebSocketQuery`);
  }
  return use;
}

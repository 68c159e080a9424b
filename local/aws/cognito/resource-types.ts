import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const ELSEWHERE = 'users sign in to what stands in for the pool';
const POOL_ID_LENGTH = 9;
const CLIENT_ID_LENGTH = 26;

function poolId({ environment, generatedId }: ResourceIdentity): string {
  return `${environment.region}_${generatedId(POOL_ID_LENGTH)}`;
}

/** What is not listed is unknown, and refused: the list is all of the properties in CloudFormation's reference, since none of them is acted on. */
const POOL_PROPERTIES = [
  'AccountRecoverySetting', 'AdminCreateUserConfig', 'AliasAttributes', 'AutoVerifiedAttributes', 'DeletionProtection', 'DeviceConfiguration', 'EmailConfiguration',
  'EmailVerificationMessage', 'EmailVerificationSubject', 'EnabledMfas', 'MfaConfiguration', 'Policies', 'Schema', 'SmsAuthenticationMessage', 'SmsConfiguration',
  'SmsVerificationMessage', 'UserAttributeUpdateSettings', 'UserPoolAddOns', 'UserPoolName', 'UserPoolTags', 'UserPoolTier', 'UsernameAttributes',
  'UsernameConfiguration', 'VerificationMessageTemplate', 'WebAuthnRelyingPartyID', 'WebAuthnUserVerification',
];

const CLIENT_PROPERTIES = [
  'AccessTokenValidity', 'AllowedOAuthFlows', 'AllowedOAuthFlowsUserPoolClient', 'AllowedOAuthScopes', 'AuthSessionValidity', 'CallbackURLs', 'ClientName',
  'DefaultRedirectURI', 'EnablePropagateAdditionalUserContextData', 'EnableTokenRevocation', 'ExplicitAuthFlows', 'GenerateSecret', 'IdTokenValidity', 'LogoutURLs',
  'PreventUserExistenceErrors', 'ReadAttributes', 'RefreshTokenRotation', 'RefreshTokenValidity', 'SupportedIdentityProviders', 'TokenValidityUnits', 'UserPoolId',
  'WriteAttributes',
];

function harmless(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, ELSEWHERE]));
}

/** User pools, for which an issuer at a given address stands in; its tokens are for the clients of the template. */
export function cognitoTypes(providerUrl: string | undefined): ResourceTypes {
  const provider = () => {
    if (providerUrl === undefined) {
      throw new Error('user pools are not emulated by the local AWS: start it with userPoolProviderUrl, the https address of an issuer that stands in for the pool');
    }
    return providerUrl;
  };
  return {
    'AWS::Cognito::UserPool': {
      honoured: [],
      harmless: harmless(POOL_PROPERTIES),
      ref: poolId,
      attributes: {
        ProviderName: () => provider().replace(/^https:\/\//, ''),
        ProviderURL: provider,
        UserPoolId: poolId,
      },
    },
    'AWS::Cognito::UserPoolClient': {
      honoured: [],
      harmless: harmless(CLIENT_PROPERTIES),
      ref: ({ generatedId }) => generatedId(CLIENT_ID_LENGTH),
      attributes: { ClientId: ({ generatedId }) => generatedId(CLIENT_ID_LENGTH) },
    },
  };
}

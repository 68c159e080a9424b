import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const REPLACED = 'an issuer replaces the user pool';
const POOL_ID_LENGTH = 9;
const CLIENT_ID_LENGTH = 26;

function poolId({ environment, generatedId }: ResourceIdentity): string {
  return `${environment.region}_${generatedId(POOL_ID_LENGTH)}`;
}

/** All properties in the CloudFormation reference. */
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

function ignored(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, REPLACED]));
}

/** The resource types of Amazon Cognito user pools, which an issuer replaces. Its tokens must be for the clients of the template. */
export function cognitoTypes(providerUrl: string | undefined): ResourceTypes {
  const provider = () => {
    if (providerUrl === undefined) {
      throw new Error('user pools are not supported by the local AWS: start it with userPoolProviderUrl, the HTTPS URL of an issuer that replaces the pool');
    }
    return providerUrl;
  };
  return {
    'AWS::Cognito::UserPool': {
      supported: [],
      ignored: ignored(POOL_PROPERTIES),
      ref: poolId,
      attributes: {
        ProviderName: () => provider().replace(/^https:\/\//, ''),
        ProviderURL: provider,
        UserPoolId: poolId,
      },
    },
    'AWS::Cognito::UserPoolClient': {
      supported: [],
      ignored: ignored(CLIENT_PROPERTIES),
      ref: ({ generatedId }) => generatedId(CLIENT_ID_LENGTH),
      attributes: { ClientId: ({ generatedId }) => generatedId(CLIENT_ID_LENGTH) },
    },
  };
}

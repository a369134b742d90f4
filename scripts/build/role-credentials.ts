/**
 * Stands in for @aws-sdk/credential-provider-node in the bundle. Lambda gives a function the keys of its role, session
 * token included, in the environment: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * The places left out (profiles, SSO, web identity, instance metadata) bring 150 KB. Region, endpoints and retries are
 * read elsewhere, and stay as they are.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readAllowedOrigins } from './allowed-origins';
import { systemClock } from './clock';
import { readCount, readList, readSetting } from './environment';
import type { Environment } from './environment';
import { log } from './log';
import type { AuthorizeServices } from '../../access/authorize';
import type { IssueServices } from '../../access/issue-ticket';
import { redeemTicket } from '../../access/redeem-ticket';
import { getClientOptions } from '../clients/client-options';
import { DynamoDbTable } from '../dynamodb/dynamodb-table';
import { DynamoDbTickets } from '../dynamodb/dynamodb-tickets';

/** Creates the services of IssueTicket from its environment. */
export function createIssueServices(environment: Environment): IssueServices {
  return {
    tickets: createTicketStore(environment),
    clock: systemClock,
    claimNames: readList(environment, 'CLAIM_NAMES'),
    validitySeconds: readCount(environment, 'TICKET_VALIDITY_SECONDS'),
  };
}

/** Creates the services of RedeemTicket from its environment. */
export function createRedeemServices(environment: Environment): AuthorizeServices {
  const connectionSeconds = environment.CONNECTION_SECONDS === undefined ? undefined : readCount(environment, 'CONNECTION_SECONDS');
  const verify = redeemTicket({ tickets: createTicketStore(environment), clock: systemClock, connectionSeconds });
  return { verify, allowedOrigins: readAllowedOrigins(environment), log };
}

function createTicketStore(environment: Environment): DynamoDbTickets {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(getClientOptions('tickets')));
  return new DynamoDbTickets(new DynamoDbTable(documents, readSetting(environment, 'TABLE_NAME'), systemClock));
}

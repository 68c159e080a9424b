import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { allowedOriginsOf } from './allowed-origins';
import { systemClock } from './clock';
import { countSetting, listSetting, setting } from './environment';
import type { Environment } from './environment';
import { log } from './log';
import type { AuthorizeServices } from '../../access/authorize';
import type { IssueServices } from '../../access/issue-ticket';
import { redeemTicket } from '../../access/redeem-ticket';
import { clientOptions } from '../clients/client-options';
import { DynamoDbTable } from '../dynamodb/dynamodb-table';
import { DynamoDbTickets } from '../dynamodb/dynamodb-tickets';

/** Creates the services of IssueTicket from its environment. */
export function issueServices(environment: Environment): IssueServices {
  return {
    tickets: ticketsOf(environment),
    clock: systemClock,
    claimNames: listSetting(environment, 'CLAIM_NAMES'),
    validitySeconds: countSetting(environment, 'TICKET_VALIDITY_SECONDS'),
  };
}

/** Creates the services of RedeemTicket from its environment. */
export function redeemServices(environment: Environment): AuthorizeServices {
  const connectionSeconds = environment.CONNECTION_SECONDS === undefined ? undefined : countSetting(environment, 'CONNECTION_SECONDS');
  const verify = redeemTicket({ tickets: ticketsOf(environment), clock: systemClock, connectionSeconds });
  return { verify, allowedOrigins: allowedOriginsOf(environment), log };
}

function ticketsOf(environment: Environment): DynamoDbTickets {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions('tickets')));
  return new DynamoDbTickets(new DynamoDbTable(documents, setting(environment, 'TABLE_NAME'), systemClock));
}

// The peer: @neo4j/graphql under Apollo Server, as its documentation sets it up, over the same database as attrigraph.
// The type definitions name attrigraph's labels and link types and hold what the benchmark's questions read.
//
// node server.mjs [PORT]   PORT from the argument or the environment, 0 (the default) takes a free one.
// NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE say which Neo4j. When it answers it prints its address.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

// A citation has one framework, and those accused are groups and states: the library has relationship fields of several
// nodes of one type, so each of these is a list.
const typeDefs = `#graphql
  type ThreatGroup @node {
    id: ID!
    name: String!
  }

  type State @node {
    id: ID!
    name: String!
    attributionsReceived: [Attribution!]! @relationship(type: "ACCUSED", direction: IN)
  }

  type Target @node {
    id: ID!
    name: String!
    sector: String
  }

  type Framework @node {
    id: ID!
    name: String!
  }

  type Citation @node {
    id: ID!
    frameworks: [Framework!]! @relationship(type: "CITES", direction: OUT)
  }

  type Evidence @node {
    id: ID!
    title: String!
    kind: String!
  }

  type Denial @node {
    id: ID!
    summary: String
    deniers: [State!]! @relationship(type: "DENIER", direction: OUT)
  }

  type Incident @node {
    id: ID!
    name: String!
    kind: String!
    summary: String
    targets: [Target!]! @relationship(type: "TARGETED", direction: OUT)
    attributions: [Attribution!]! @relationship(type: "SUBJECT", direction: IN)
  }

  type Attribution @node {
    id: ID!
    summary: String
    confidence: Int
    date: String
    accusers: [State!]! @relationship(type: "ACCUSER", direction: OUT)
    accusedGroups: [ThreatGroup!]! @relationship(type: "ACCUSED", direction: OUT)
    accusedStates: [State!]! @relationship(type: "ACCUSED", direction: OUT)
    evidence: [Evidence!]! @relationship(type: "SUPPORTS", direction: IN)
    citations: [Citation!]! @relationship(type: "CITED_IN", direction: IN)
    denials: [Denial!]! @relationship(type: "DISPUTES", direction: IN)
  }
`;

const { NEO4J_URI, NEO4J_USERNAME = "neo4j", NEO4J_PASSWORD, NEO4J_DATABASE = "neo4j" } = process.env;
const port = Number(process.argv[2] ?? process.env.PORT ?? 0);
if (!NEO4J_URI || !Number.isInteger(port)) {
  console.error("server.mjs: set NEO4J_URI, such as bolt://127.0.0.1:7687, and give a port or none: node server.mjs [PORT]");
  process.exit(2);
}

const driver = neo4j.driver(NEO4J_URI, NEO4J_PASSWORD ? neo4j.auth.basic(NEO4J_USERNAME, NEO4J_PASSWORD) : undefined);
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
// It ends by itself on SIGINT and SIGTERM, after the requests under way.
const server = new ApolloServer({ schema });
const { url } = await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port },
  context: async () => ({ sessionConfig: { database: NEO4J_DATABASE } }),
});
console.log(url);

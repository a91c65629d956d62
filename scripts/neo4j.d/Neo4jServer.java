import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

/**
 * Runs Neo4j Community with a Bolt connector on the loopback address and authentication on.
 *
 * <p>Arguments: the home folder of the database, the Bolt port, and the file that holds the password of the user
 * {@code neo4j} on one line. Prints "ready" once clients can sign in with that password, and serves until it is
 * terminated. scripts/neo4j starts it.
 */
public final class Neo4jServer {
    private static final String HOST = "127.0.0.1";

    private Neo4jServer() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            System.err.println("usage: Neo4jServer HOME BOLT_PORT PASSWORD_FILE");
            System.exit(2);
        }
        Path home = Path.of(args[0]);
        int port = Integer.parseInt(args[1]);
        String password = Files.readString(Path.of(args[2])).strip();

        DatabaseManagementService dbms = null;
        try {
            dbms = build(home, port);
            Runtime.getRuntime().addShutdownHook(new Thread(dbms::shutdown));
            setPassword(dbms, password);
        } catch (Exception e) {
            System.err.println("cannot start Neo4j: " + rootCause(e));
            // The kernel's threads would keep the process alive; the exit runs the shutdown hook.
            System.exit(1);
        }
        System.out.println("ready");
        Thread.currentThread().join();
    }

    private static DatabaseManagementService build(Path home, int port) {
        SocketAddress bolt = new SocketAddress(HOST, port);
        return new DatabaseManagementServiceBuilder(home)
                .setConfig(GraphDatabaseSettings.auth_enabled, true)
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, bolt)
                // neo4j:// clients reconnect to the advertised address; its default, localhost, may resolve to ::1.
                .setConfig(BoltConnector.advertised_address, bolt)
                // The default takes half of the machine's memory.
                .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(512))
                // Two databases would otherwise reserve 256 MiB of disk each for their first transaction log.
                .setConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
                // A server for development reports nothing to anyone.
                .setConfig(GraphDatabaseSettings.udc_enabled, false)
                .build();
    }

    /**
     * Makes {@code password} the password of the user neo4j, whatever it was before. The embedded API needs no
     * password itself, so a changed password file takes effect at the next start.
     */
    private static void setPassword(DatabaseManagementService dbms, String password) {
        var system = dbms.database(GraphDatabaseSettings.SYSTEM_DATABASE_NAME);
        system.executeTransactionally(
                "CREATE OR REPLACE USER neo4j SET PASSWORD $password SET PASSWORD CHANGE NOT REQUIRED",
                Map.of("password", password));
    }

    private static String rootCause(Throwable e) {
        while (e.getCause() != null) {
            e = e.getCause();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}

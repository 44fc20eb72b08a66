import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import java.net.ServerSocket;
import java.nio.file.Path;

/** DynamoDB Local in memory on a free port, which it prints; ends with its standard input. */
public class LocalServer {
    public static void main(String[] arguments) throws Exception {
        // The library of SQLite in C lies among the jars.
        Path jar = Path.of(ServerRunner.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        System.setProperty("sqlite4java.library.path", jar.getParent().toString());
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        DynamoDBProxyServer server = ServerRunner.createServerFromCommandLineArgs(
                new String[] {"-inMemory", "-disableTelemetry", "-port", Integer.toString(port)});
        server.start();
        System.out.println("listening on " + port);
        while (System.in.read() >= 0) {
        }
        server.stop();
        System.exit(0);
    }
}

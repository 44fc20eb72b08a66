import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.testcontainers.containers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** Testcontainers' LocalStack module, unmodified, with our image in LocalStack's place. Argument: the image. */
public class LocalStackCheck {
    public static void main(String[] arguments) throws Exception {
        DockerImageName image = DockerImageName.parse(arguments[0]).asCompatibleSubstituteFor("localstack/localstack");
        try (LocalStackContainer container =
                new LocalStackContainer(image)
                        .withServices(LocalStackContainer.Service.KINESIS, LocalStackContainer.Service.DYNAMODB)
                        .withImagePullPolicy(name -> false)) { // it is tagged here, or the check has failed: no registry has it
            container.start();
            System.out.println(ask(container.getEndpoint(), "Kinesis_20131202.CreateStream", "{\"StreamName\":\"s\",\"ShardCount\":1}"));
            String streams = ask(container.getEndpointOverride(LocalStackContainer.Service.KINESIS), "Kinesis_20131202.ListStreams", "{}");
            if (!streams.contains("\"StreamNames\":[\"s\"]"))
                throw new IllegalStateException(streams);
            System.out.println("LocalStackContainer works with " + arguments[0] + " at " + container.getEndpoint());
        }
    }

    private static String ask(URI endpoint, String target, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(endpoint)
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", target)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200)
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        return answer.body();
    }
}

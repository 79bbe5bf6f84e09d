import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * Puts a running service under the judge: {@code cec-conformance client --persistent -- java Wrapper.java URL}.
 *
 * <p>Each line on stdin is a case; it is posted to the service as it is, and the service answers with the outcome line.
 */
public final class Wrapper {
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient(); // without a time limit: a call may take minutes
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(arguments[0]));
        request.header("Content-Type", "application/json");
        BufferedReader cases = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = cases.readLine(); line != null; line = cases.readLine()) {
            try {
                var answer = http.send(request.POST(BodyPublishers.ofString(line)).build(), BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IOException("HTTP " + answer.statusCode() + " " + answer.body());
                }
                System.out.println(answer.body().strip());
            } catch (IOException failure) {
                System.err.println(arguments[0] + ": " + failure + "; does the service run, with its door for tests?");
                System.exit(1);
            }
        }
    }
}

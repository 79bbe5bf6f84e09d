import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * A service that places calls, as a Spring application would: {@code java CallService PORT}, once both are compiled.
 *
 * <p>{@code POST /conformance/calls} takes the variables of a case as a JSON object of texts and answers, when the call
 * is over, {@code {"outcome": "released"}}. It is for tests alone: whoever may post here chooses where the secret goes.
 */
public final class CallService {
    private static final Pattern MEMBER = Pattern.compile("\"(\\w+)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]); // 0: one that is free
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/conformance/calls", CallService::place);
        server.setExecutor(Executors.newCachedThreadPool()); // the judge has several calls placed at a time
        server.start();
        System.out.println("ready on http://127.0.0.1:" + server.getAddress().getPort() + "/conformance/calls");
    }

    private static void place(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String outcome = new ClickToCall(texts(body)).place();
            byte[] answer = ("{\"outcome\": \"" + outcome + "\"}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads an object of texts; Spring's {@code @RequestBody Map<String, String>} reads any. */
    private static Map<String, String> texts(String json) {
        Map<String, String> texts = new HashMap<>();
        var member = MEMBER.matcher(json);
        while (member.find()) {
            texts.put(member.group(1), member.group(2).replaceAll("\\\\(.)", "$1"));
        }
        return texts;
    }
}

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Places one click-to-call call on CEC 3.6 and hangs up as soon as it is connected: {@code java ClickToCall.java}.
 *
 * <p>It shows the order of the requests and their headers with nothing but a JDK 17; section numbers are those of the
 * VOIP access guide. It does not show what a lasting client needs beside: a new login on 403 (§6.1) and the retries of
 * a failed poll (§5 step 4). JSON is read with small patterns to stay free of dependencies; use a JSON library in
 * earnest. The settings come from the environment; unset, they fit an emulator that was started by {@code mock-cec}.
 */
public final class ClickToCall {
    private static final String BASE = env("CEC_BASE_URL", "http://127.0.0.1:8360");
    private static final String TOKEN_BASE = env("CEC_TOKEN_BASE_URL", BASE);
    private static final String APP_KEY = env("CEC_APP_KEY", "mock-app-key");
    private static final String APP_SECRET = env("CEC_APP_SECRET", "mock-app-secret");
    private static final String CHANNEL_ID = env("CEC_CHANNEL_ID", "mock-channel");
    private static final String USER_ID = env("CEC_USER_ID", "java-user");
    private static final String USER_NAME = env("CEC_USER_NAME", "Java User");
    private static final String LOCALE = env("CEC_LOCALE", "zh");
    private static final String MEDIA_ABILITY = env("CEC_MEDIA_ABILITY", "0"); // 0 audio, 1 video

    /** What each event means for this client (§5 step 4); every other event calls for the next poll. */
    private static final Map<String, String> ENDS =
            Map.of("168110", "released", "168103", "queue_timeout", "168105", "call_failed");
    private static final String CONNECTED = "168101";

    /** HTTP/2 is the default of this client, so it offers an upgrade (h2c); CEC answers in HTTP/1.1. */
    private final HttpClient http = HttpClient.newBuilder().build();

    private String accessToken = "";
    private String ccmessagingToken = "";

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.out.println("{\"outcome\": \"" + new ClickToCall().call() + "\"}");
    }

    private String call() throws IOException, InterruptedException {
        login();

        String support = succeeded(send(request("/v1/checkClickToCallSupport?channel=WEB").GET()));
        if (!flag(support, "webRTCSupported") || !flag(support, "clickToCallSupported")) {
            return "unsupported";
        }

        HttpResponse<String> created = send(post("/v1/createClickToCall", json(
                "channel", "WEB",
                "mediaAbility", MEDIA_ABILITY)));
        if (!isSuccess(created)) {
            return "rejected";
        }

        String event = "";
        while (!event.equals(CONNECTED)) {
            String answer = succeeded(send(request("/v1/getClickToCallEvents?channel=WEB").GET()));
            System.out.println(answer);
            event = member(answer, "eventId");
            if (ENDS.containsKey(event)) {
                return ENDS.get(event);
            }
        }

        succeeded(send(post("/v1/dropClickToCall", json("channel", "WEB"))));
        return "hung_up";
    }

    /** Fetches the two tokens, one after the other (§2.1, §2.2). */
    private void login() throws IOException, InterruptedException {
        HttpResponse<String> access = send(HttpRequest.newBuilder(
                        URI.create(TOKEN_BASE + "/apigovernance/api/oauth/tokenByAkSk"))
                .header("Content-Type", "application/json")
                .header("X-Token-Expire", "600")
                .POST(BodyPublishers.ofString(json("app_key", APP_KEY, "app_secret", APP_SECRET))));
        accessToken = member(access.body(), "AccessToken");
        if (access.statusCode() != 200 || accessToken.isEmpty()) {
            throw new IOException("no AccessToken: HTTP " + access.statusCode() + " " + access.body());
        }
        ccmessagingToken = member(succeeded(send(post("/applyToken", json(
                "userId", USER_ID,
                "userName", USER_NAME,
                "channelId", CHANNEL_ID,
                "locale", LOCALE)))), "token");
    }

    /** Starts a request with the common headers (§4.1); a poll may take a minute (§5 step 4). */
    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(BASE + "/apiaccess/ccmessaging" + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("x-app-key", APP_KEY)
                .header("Authorization", "Bearer " + accessToken);
        return ccmessagingToken.isEmpty() ? builder : builder.header("ccmessaging-token", ccmessagingToken);
    }

    private HttpRequest.Builder post(String path, String body) {
        return request(path).POST(BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static boolean isSuccess(HttpResponse<String> response) {
        return response.statusCode() == 200 && member(response.body(), "resultCode").equals("0");
    }

    private static String succeeded(HttpResponse<String> response) throws IOException {
        if (!isSuccess(response)) {
            throw new IOException(response.uri() + ": HTTP " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** Finds a text or a number by its name; an event's id may be either. Empty if it is not there. */
    private static String member(String json, String name) {
        var found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"?([^\",}\\s]+)").matcher(json);
        return found.find() ? found.group(1) : "";
    }

    private static boolean flag(String json, String name) {
        return member(json, name).equals("true");
    }

    /** Writes an object of texts. */
    private static String json(String... namesAndValues) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            json.append(i == 0 ? "" : ",").append(quoted(namesAndValues[i])).append(':')
                    .append(quoted(namesAndValues[i + 1]));
        }
        return json.append('}').toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String env(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}

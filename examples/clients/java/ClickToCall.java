import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Places one click-to-call call on CEC 3.6 and follows it to its end: {@code java ClickToCall.java}.
 *
 * <p>A whole client with nothing but a JDK 17: the three sequences, a new login on 403 (§6.1), the retries of a failed
 * poll (§5 step 4), and a hang-up that does not wait for the poll. Section numbers are those of the VOIP access guide.
 * JSON is read with small patterns to stay free of dependencies; use a JSON library in earnest. The settings come from
 * the environment; unset, they fit an emulator that was started by {@code mock-cec}.
 */
public final class ClickToCall {
    private static final int RETRIES = 3; // a failed poll is repeated three times, then polling stops (§5 step 4)
    private static final int LOGINS = 3; // how often one request may answer 403, log in and be sent again (§6.1)
    private static final long PAUSE = 500; // milliseconds before a retry

    /** The events of a call (§5 step 4); after every other one, and after none, the next poll follows. */
    private static final Map<String, String> EVENTS = Map.of("168101", "connected", "168102", "queued", "168106",
            "transferred", "168110", "released", "168103", "queue_timeout", "168105", "call_failed");

    private static final Set<String> ENDS = Set.of("released", "queue_timeout", "call_failed");

    /** The tokens of one login; a request remembers with which it was sent. */
    private record Tokens(String access, String ccmessaging) {}

    /** Makes the body of a request; null for a GET. */
    private record Call(String path, String body) {}

    /** HTTP/2 is the default of this client, so it offers an upgrade (h2c); CEC answers in HTTP/1.1. */
    private final HttpClient http = HttpClient.newBuilder().build();

    private final ScheduledExecutorService beside = Executors.newScheduledThreadPool(3); // poll, drop and text
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private Tokens tokens;
    private boolean hangingUp;
    private boolean textIsDue;

    private final Map<String, String> settings;
    private final String base;
    private final String tokenBase;
    private final String appKey;
    private final String appSecret;
    private final String channelId;
    private final String userId;
    private final String userName;
    private final String locale;
    private final String flow;
    private final String mediaAbility;
    private final String hangupAfter;
    private final String hangupWhen;

    /** Takes the settings by the names that they have in the environment. */
    ClickToCall(Map<String, String> settings) {
        this.settings = settings;
        base = setting("CEC_BASE_URL", "http://127.0.0.1:8360");
        tokenBase = setting("CEC_TOKEN_BASE_URL", base);
        appKey = setting("CEC_APP_KEY", "mock-app-key");
        appSecret = setting("CEC_APP_SECRET", "mock-app-secret");
        channelId = setting("CEC_CHANNEL_ID", "mock-channel");
        userId = setting("CEC_USER_ID", "java-user");
        userName = setting("CEC_USER_NAME", "Java User");
        locale = setting("CEC_LOCALE", "zh");
        flow = setting("CEC_FLOW", "call"); // or text_then_call, or call_then_text
        mediaAbility = setting("CEC_MEDIA_ABILITY", "0"); // 0 audio, 1 video
        hangupAfter = setting("CEC_HANGUP_AFTER", ""); // seconds after hangupWhen; empty: never
        hangupWhen = setting("CEC_HANGUP_WHEN", "connected"); // or created, or queued
        textIsDue = flow.equals("call_then_text");
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("{\"outcome\": \"" + new ClickToCall(System.getenv()).place() + "\"}");
    }

    /** Places the call, follows it to its end, and says how it ended. */
    String place() throws InterruptedException {
        boolean known = Set.of("call", "text_then_call", "call_then_text").contains(flow);
        if (!known || setting("CEC_CONNECT_MEDIA", "0").equals("1")) {
            return "skip"; // signalling only: the WebRTC call is not placed
        }
        try {
            return call();
        } catch (IOException error) {
            System.err.println(error.getMessage());
            return "error";
        } finally {
            beside.shutdownNow(); // calls off whatever is still under way
        }
    }

    /** Places the call and follows it to its end (§4.2). */
    private String call() throws IOException, InterruptedException {
        if (flow.equals("text_then_call")) {
            succeeded(ask(send()));
        }
        String support = succeeded(ask(new Call("/v1/checkClickToCallSupport?channel=WEB", null)));
        if (!flag(support, "webRTCSupported") || !flag(support, "clickToCallSupported")) {
            return "unsupported";
        }
        if (!isSuccess(ask(new Call("/v1/createClickToCall", json("channel", "WEB", "mediaAbility", mediaAbility))))) {
            return "rejected";
        }
        happened("created");
        beside.execute(() -> finish(this::poll));
        try {
            return outcome.get();
        } catch (ExecutionException failure) {
            throw new IOException(failure.getCause());
        }
    }

    /** Polls until an event ends the call; the next poll starts when the one before has been answered. */
    private String poll() throws IOException, InterruptedException {
        int failures = 0;
        while (true) {
            HttpResponse<String> answer;
            try {
                answer = ask(new Call("/v1/getClickToCallEvents?channel=WEB", null));
            } catch (IOException broken) {
                answer = null;
            }
            if (answer != null && answer.statusCode() == 403) {
                return "error"; // three new logins did not help
            }
            if (answer == null || !isSuccess(answer)) {
                if (++failures > RETRIES) {
                    return "gave_up";
                }
                Thread.sleep(PAUSE);
                continue;
            }
            failures = 0;
            String event = EVENTS.getOrDefault(member(answer.body(), "eventId"), "");
            System.out.println(answer.body());
            if (ENDS.contains(event)) {
                return event;
            }
            happened(event);
        }
    }

    /** Does what the user wants at a moment of the call. */
    private synchronized void happened(String moment) {
        if (moment.equals("connected") && textIsDue) {
            textIsDue = false;
            beside.execute(() -> attempt(() -> ask(send()).body())); // the call goes on without the text
        }
        if (moment.equals(hangupWhen) && !hangupAfter.isEmpty() && !hangingUp) {
            hangingUp = true;
            long milliseconds = Math.round(Double.parseDouble(hangupAfter) * 1000);
            beside.schedule(() -> finish(this::drop), milliseconds, TimeUnit.MILLISECONDS);
        }
    }

    /** Hangs up, beside the poll that is under way (§5 step 5). */
    private String drop() throws IOException, InterruptedException {
        for (int failures = 0; failures <= RETRIES; failures++) {
            try {
                if (isSuccess(ask(new Call("/v1/dropClickToCall", json("channel", "WEB"))))) {
                    return "hung_up";
                }
            } catch (IOException broken) {
                System.err.println(broken.getMessage());
            }
            Thread.sleep(PAUSE);
        }
        return "error";
    }

    private Call send() {
        return new Call("/send", json("channel", "WEB", "content", "hello", "controlType", "CONNECT", "from", userId,
                "mediaType", "TEXT", "sourceType", "CUSTOMER", "to", channelId));
    }

    /** Something that takes its time and may fail. */
    private interface Work {
        String run() throws IOException, InterruptedException;
    }

    /** The first to finish says how the call ended. */
    private void finish(Work work) {
        try {
            outcome.complete(work.run());
        } catch (IOException | InterruptedException failure) {
            outcome.completeExceptionally(failure);
        }
    }

    private static void attempt(Work work) {
        try {
            work.run();
        } catch (IOException | InterruptedException failure) {
            System.err.println(failure.getMessage());
        }
    }

    /** Makes a request; on 403 both tokens are fetched anew and it is sent again (§6.1). */
    private HttpResponse<String> ask(Call call) throws IOException, InterruptedException {
        Tokens with = login(null);
        HttpResponse<String> answer = send(call, with);
        for (int logins = 0; answer.statusCode() == 403 && logins < LOGINS; logins++) {
            with = login(with);
            answer = send(call, with);
        }
        return answer;
    }

    /** Gives the tokens; fetches both, one after the other (§2.1, §2.2), unless there are newer ones than the expired. */
    private synchronized Tokens login(Tokens expired) throws IOException, InterruptedException {
        if (tokens == null || tokens == expired) {
            tokens = null; // should this login fail, the next request begins with another
            HttpResponse<String> access = http.send(
                    HttpRequest.newBuilder(URI.create(tokenBase + "/apigovernance/api/oauth/tokenByAkSk"))
                            .timeout(Duration.ofSeconds(60))
                            .header("Content-Type", "application/json")
                            .header("X-Token-Expire", "600")
                            .POST(BodyPublishers.ofString(json("app_key", appKey, "app_secret", appSecret)))
                            .build(),
                    BodyHandlers.ofString());
            String accessToken = member(access.body(), "AccessToken");
            if (access.statusCode() != 200 || accessToken.isEmpty()) {
                throw new IOException("no AccessToken: HTTP " + access.statusCode() + " " + access.body());
            }
            Call apply = new Call("/applyToken", json(
                    "userId", userId, "userName", userName, "channelId", channelId, "locale", locale));
            String applied = succeeded(send(apply, new Tokens(accessToken, "")));
            tokens = new Tokens(accessToken, member(applied, "token"));
        }
        return tokens;
    }

    /** Sends a request with the common headers (§4.1); a poll may take a minute (§5 step 4). */
    private HttpResponse<String> send(Call call, Tokens with) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/apiaccess/ccmessaging" + call.path()))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("x-app-key", appKey)
                .header("Authorization", "Bearer " + with.access());
        if (!with.ccmessaging().isEmpty()) {
            request.header("ccmessaging-token", with.ccmessaging());
        }
        if (call.body() != null) {
            request.POST(BodyPublishers.ofString(call.body()));
        }
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

    private String setting(String name, String otherwise) {
        String value = settings.getOrDefault(name, "");
        return value.isEmpty() ? otherwise : value;
    }
}

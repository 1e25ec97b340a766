// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/api_client.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "api/http_errors.h"
#include "base/guarded.h"
#include "base/text.h"
#include "base/unix_time.h"

namespace klingtext {
namespace {

constexpr std::size_t kMaxReply = 1 << 20;    // bytes; real replies have some hundred
constexpr std::size_t kMaxPage = 512 << 10;   // bytes; a hundred rows of the account's log
constexpr unsigned kSubmissionTimeout = 120;  // seconds, at least
// A reply that drips byte by byte never is silent for long enough: this many timeouts in all.
constexpr unsigned kDripFactor = 5;

// The headers know the cost too; they win, being what the account is charged.
void add_header_cost(const HttpReply& http, GenerationReply& reply) {
  if (auto usd = parse_amount(http.header("x-aimlapi-usd-spent"))) reply.cost.usd_spent = usd;
  if (auto credits = parse_amount(http.header("x-aimlapi-credits-used"))) {
    reply.cost.credits_used = credits;
  }
}

// A shorter one is no secret, as "any" for a rehearsal, and may well be part of an id.
constexpr std::size_t kShortestSecret = 12;  // characters

void hide(std::string& text, const Secret& key) {
  const std::string& secret = key.reveal();
  if (secret.size() < kShortestSecret) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "…");
  }
}

// A service that repeats the key in what it says must not make us show it: neither as it is, before
// a part of it could be cut off, nor as JSON can spell it, after it was read.
HttpReply without_key(HttpReply reply, const Secret& key) {
  hide(reply.body, key);
  return reply;
}

template <typename Judged>
Judged without_key(Judged judged, const Secret& key) {
  for (std::string* text :
       {&judged.error.message, &judged.error.api_error_name, &judged.error.api_error_message,
        &judged.reply.error.name, &judged.reply.error.message, &judged.reply.status_text}) {
    hide(*text, key);
  }
  return judged;
}

std::string inference_id_in(const HttpHeaders& headers) {
  const auto found = headers.find("x-inference-id");
  const std::string id = found == headers.end() ? std::string() : trimmed(found->second);
  return is_usable_id(id) ? id : std::string();
}

bool is_success(unsigned status) {
  return status >= 200 && status < 300;
}

Submission judge_submission(const HttpReply& http) {
  Submission submission;
  submission.retry_after = parse_retry_after(http.header("retry-after"), unix_now());
  submission.inference_id = inference_id_in(http.headers);
  if (is_success(http.status)) {
    auto reply = parse_accepted(http.body);
    if (reply.ok()) {
      submission.verdict = Submission::Verdict::accepted;
      submission.reply = std::move(*reply);
      add_header_cost(http, submission.reply);
      return submission;
    }
    submission.error = unreadable_reply(http, reply.error().why);
    return submission;
  }
  submission.error = error_of_status(http, Doing::submitting);
  if (http.status == 429 || (http.status == 503 && submission.retry_after)) {
    submission.verdict = Submission::Verdict::try_again;
  } else if ((http.status >= 400 && http.status < 500) || http.status == 307 ||
             http.status == 308) {
    // A redirect that keeps the method says that it was not dealt with here.
    submission.verdict = Submission::Verdict::refused;
  }
  return submission;
}

Poll judge_poll(const HttpReply& http) {
  Poll poll;
  poll.retry_after = parse_retry_after(http.header("retry-after"), unix_now());
  if (is_success(http.status)) {
    auto reply = parse_generation(http.body);
    if (reply.ok()) {
      poll.verdict = Poll::Verdict::answered;
      poll.reply = std::move(*reply);
      add_header_cost(http, poll.reply);
    } else {
      poll.error = unreadable_reply(http, reply.error().why);
    }
    return poll;
  }
  poll.error = error_of_status(http, Doing::polling);
  if (http.status >= 300 && http.status < 500 && http.status != 408 && http.status != 425 &&
      http.status != 429) {
    poll.verdict = Poll::Verdict::refused;
  }
  return poll;
}

Result<Poll> poll_of(const HttpResult& reply, const Secret& key) {
  if (reply.stopped()) return Stopped{};
  if (reply.ok()) return without_key(judge_poll(without_key(*reply, key)), key);
  Poll poll;
  poll.error = error_of_failure(reply.error(), Doing::polling);
  return poll;
}

}  // namespace

// What the clients of one origin and key have in common.
struct ApiClient::Shared {
  explicit Shared(const HttpSettings& http) : poller(http) {}
  Poller poller;
  std::shared_ptr<SubmissionSlots> slots = std::make_shared<SubmissionSlots>();
};

std::shared_ptr<ApiClient::Shared> ApiClient::shared(const Service& service) {
  // Immortal, because jobs may still be running when static objects are destroyed.
  static auto& mutex = *new std::mutex;
  static auto& known = *new std::map<std::string, std::weak_ptr<Shared>>;
  // A forked child has none of its parent's threads.
  const std::string name =
      std::to_string(getpid()) + '\n' + service.url.origin + '\n' +
      sha256_hex(service.key.reveal()) + '\n' + service.http.proxy + '\n' +
      service.http.user_agent + '\n' + std::to_string(service.http.timeout) + '\n' +
      std::to_string(reinterpret_cast<std::uintptr_t>(service.http.tls_database.get()));
  const std::scoped_lock lock(mutex);
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  auto shared = known[name].lock();
  if (shared == nullptr) {
    shared = std::make_shared<Shared>(service.http);
    known[name] = shared;
  }
  return shared;
}

ApiClient::ApiClient(Service service) : service_(std::move(service)), shared_(shared(service_)) {}

Result<std::optional<SubmissionSlots::Slot>> ApiClient::wait_for_slot(Deadline deadline,
                                                                      const std::stop_token& stop) {
  return shared_->slots->acquire(deadline, stop);
}

HttpRequest ApiClient::request(std::string method, std::string url) const {
  HttpRequest request{.method = std::move(method), .url = std::move(url)};
  request.headers = {{"Authorization", "Bearer " + service_.key.reveal()},
                     {"Accept", "application/json"}};
  if (service_.url.reach == Reach::loopback) request.route = Route::direct;
  return request;
}

Result<Submission> ApiClient::submit(const std::string& body, const BeforeSending& before_sending,
                                     Deadline deadline, const std::stop_token& stop) {
  HttpRequest post = request("POST", service_.url.text + "/video/generations");
  if (!service_.slate.empty()) post.headers.emplace_back("X-Klingtext-Slate", service_.slate);
  post.json = body;
  post.before_sending = before_sending;
  HttpSettings patient = service_.http;
  patient.timeout = std::max(patient.timeout, kSubmissionTimeout);
  // A session of its own: libsoup opens a new connection for a POST in any case.
  const auto reply = HttpSession(patient).send(
      post, {kMaxReply, deadline, std::chrono::seconds(2 * patient.timeout)}, stop);
  if (reply.stopped()) return Stopped{};
  if (reply.ok()) {
    return without_key(judge_submission(without_key(*reply, service_.key)), service_.key);
  }
  Submission submission;
  submission.error = error_of_failure(reply.error(), Doing::submitting);
  submission.inference_id = inference_id_in(reply.error().headers);
  const HttpFault fault = reply.error().fault;
  if (reply.error().sent == Sent::no) {
    const bool final = fault == HttpFault::bad_url || fault == HttpFault::untrusted;
    submission.verdict = final ? Submission::Verdict::refused : Submission::Verdict::try_again;
  }
  return submission;
}

Outcome ApiClient::follow(const std::string& generation_id, Poller::Clock::time_point first,
                          Poller::GiveUp give_up, const std::stop_token& stop, Judge judge) {
  const auto shared = shared_;  // this client may be gone as soon as the poll is added
  const GCharPtr escaped(g_uri_escape_string(generation_id.c_str(), nullptr, FALSE));
  HttpRequest get =
      request("GET", service_.url.text + "/video/generations?generation_id=" + escaped.get());
  const HttpLimits limits{
      .max_body = kMaxReply,
      .answer_within = std::chrono::seconds(kDripFactor * service_.http.timeout)};
  const bool added =
      shared->poller.add(std::move(get), limits, first, std::move(give_up), stop,
                         [key = service_.key, judge = std::move(judge)](const HttpResult& result) {
                           return judge(poll_of(result, key));
                         });
  if (added) return Done{};
  return Error{
      .kind = ErrorKind::cannot_read,
      .message = "No thread could be started. Run fewer at a time; nothing is paid twice."};
}

Result<Poll> ApiClient::query(const std::string& generation_id, const std::stop_token& stop,
                              std::optional<Deadline> until) {
  // Due before all others, which may wait for a connection. Shared, because the wait can end before
  // the poller has an answer.
  const auto answer = std::make_shared<Guarded<std::optional<Result<Poll>>>>();
  const auto take = [answer](const Result<Poll>& poll) -> std::optional<Poller::Clock::time_point> {
    *answer->lock() = poll;
    answer->notify_all();
    return std::nullopt;
  };
  auto followed = follow(generation_id, Poller::Clock::time_point::min(), nullptr, stop, take);
  if (!followed.ok()) return followed.as<Poll>();
  auto poll = answer->lock();
  const auto is_there = [&] { return poll->has_value(); };
  const bool came = until ? poll.wait_until(stop, *until, is_there) : poll.wait(stop, is_there);
  if (came) return **poll;
  return stop.stop_requested() || !until ? Result<Poll>(Stopped{}) : Result<Poll>(Poll{});
}

HttpResult ApiClient::get(const std::string& path, Seconds within,
                          const std::stop_token& stop) const {
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::duration_cast<std::chrono::milliseconds>(within);
  auto reply = HttpSession(service_.http)
                   .send(request("GET", service_.url.text + path),
                         {.max_body = kMaxPage, .send_by = until, .answer_by = until}, stop);
  if (reply.ok()) hide(reply->body, service_.key);
  return reply;
}

}  // namespace klingtext

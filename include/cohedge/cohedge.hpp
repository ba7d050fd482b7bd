#pragma once

// Everything a program needs that asks models: see README.md. The testing kit is apart: <cohedge/testing/…>.

#include <cohedge/async/asio_op.hpp>
#include <cohedge/async/deadline.hpp>
#include <cohedge/async/retry.hpp>
#include <cohedge/async/scope.hpp>
#include <cohedge/async/sleep.hpp>
#include <cohedge/async/spawn.hpp>
#include <cohedge/async/stagger.hpp>
#include <cohedge/async/task.hpp>
#include <cohedge/chat/completion.hpp>
#include <cohedge/chat/delta.hpp>
#include <cohedge/chat/embedding.hpp>
#include <cohedge/chat/model_info.hpp>
#include <cohedge/chat/price.hpp>
#include <cohedge/chat/request.hpp>
#include <cohedge/config/config.hpp>
#include <cohedge/core/error.hpp>
#include <cohedge/core/limits.hpp>
#include <cohedge/core/report.hpp>
#include <cohedge/core/result.hpp>
#include <cohedge/core/secret.hpp>
#include <cohedge/core/units.hpp>
#include <cohedge/observe/json_lines.hpp>
#include <cohedge/provider/client.hpp>
#include <cohedge/provider/endpoint.hpp>
#include <cohedge/provider/presets.hpp>
#include <cohedge/provider/provider.hpp>
#include <cohedge/provider/stream.hpp>
#include <cohedge/route/route.hpp>

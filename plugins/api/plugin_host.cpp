#include "plugin_api/plugin_host.h"

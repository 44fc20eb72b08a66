# evpoc-emu's completion for fish. Made from the table of settings.
complete -c evpoc-emu -f -n __fish_use_subcommand -a 'config health check ctl'
complete -c evpoc-emu -l help -d 'tell the settings'
complete -c evpoc-emu -l version -d 'tell the version'
complete -c evpoc-emu -l port -x -d "port to listen on, 0 for any free one"
complete -c evpoc-emu -l host -x -d "address to listen on"
complete -c evpoc-emu -l data -x -d "where evpoc.db is kept; made if it isn't there" -a '(__fish_complete_path)'
complete -c evpoc-emu -l durability -x -d "commit: acknowledged writes survive kill -9" -a 'commit fsync memory'
complete -c evpoc-emu -l account -x -d "account of clients whose access key is not 12 digits"
complete -c evpoc-emu -l region -x -d "region of clients that sign for none"
complete -c evpoc-emu -l tls-cert -x -d "certificate for TLS clients, with --tls-key FILE" -a '(__fish_complete_path)'
complete -c evpoc-emu -l tls-key -x -d "the certificate's private key" -a '(__fish_complete_path)'
complete -c evpoc-emu -l allow-hosts -x -d "further names that clients may call it by"
complete -c evpoc-emu -l allow-origins -x -d "further web pages that may call it (CORS)"
complete -c evpoc-emu -l s3-hosts -x -d "further domains whose subdomains are buckets (S3)"
complete -c evpoc-emu -l egress -x -d "hosts that it may send requests to (Firehose)"
complete -c evpoc-emu -l egress-ca -x -d "certificates by which those hosts are known (PEM)" -a '(__fish_complete_path)'
complete -c evpoc-emu -l max-connections -x -d "connections at a time"
complete -c evpoc-emu -l max-memory -x -d "MiB of requests and answers under way at a time"
complete -c evpoc-emu -l idle-timeout -x -d "seconds until a connection without a request is closed"
complete -c evpoc-emu -l request-timeout -x -d "seconds a client may take to send a request or to take its answer"
complete -c evpoc-emu -l auth -x -d "off: any credentials are taken; signature: they are checked" -a 'off signature soft iam'
complete -c evpoc-emu -l root-keys -x -d "access keys of accounts' roots, for --auth"
complete -c evpoc-emu -l limits -x -d "aws: the rates AWS allows shards, readers, tables and calls; off" -a 'off aws'
complete -c evpoc-emu -l transition-ms -x -d "how long streams, consumers, backups and restores are under way"
complete -c evpoc-emu -l recovery-log-mib -x -d "MiB of changes kept of a table with point-in-time recovery"
complete -c evpoc-emu -l seed -x -d "the same ids in every run"
complete -c evpoc-emu -l seed-file -x -d "streams, tables and schemas to make at the start" -a '(__fish_complete_path)'
complete -c evpoc-emu -l hooks -x -d "executable files to run before it is ready" -a '(__fish_complete_path)'
complete -c evpoc-emu -l glue-pending-ms -x -d "how long new schema versions are PENDING"
complete -c evpoc-emu -l glue-json-compatibility -x -d "whether versions of JSON schemas are checked" -a 'enforce ignore'
complete -c evpoc-emu -l log-level -x -d "debug (a line a request), info, warn, error" -a 'debug info warn error'
complete -c evpoc-emu -l log-format -x -d "human, json, auto (human on a terminal)" -a 'auto human json'
complete -c evpoc-emu -l keep-requests -x -d "how many requests /_evpoc/requests remembers"
complete -c evpoc-emu -l config -x -d "file with settings: lines of name = value" -a '(__fish_complete_path)'

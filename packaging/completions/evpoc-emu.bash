# evpoc-emu's completion for bash. Made from the table of settings.
_evpoc_emu() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    case $before in
    --data) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --durability) COMPREPLY=($(compgen -W 'commit fsync memory' -- "$current")); return ;;
    --tls-cert) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --tls-key) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --egress-ca) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --auth) COMPREPLY=($(compgen -W 'off signature soft iam' -- "$current")); return ;;
    --limits) COMPREPLY=($(compgen -W 'off aws' -- "$current")); return ;;
    --seed-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --hooks) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --glue-json-compatibility) COMPREPLY=($(compgen -W 'enforce ignore' -- "$current")); return ;;
    --log-level) COMPREPLY=($(compgen -W 'debug info warn error' -- "$current")); return ;;
    --log-format) COMPREPLY=($(compgen -W 'auto human json' -- "$current")); return ;;
    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    esac
    COMPREPLY=($(compgen -W 'config health check ctl --help --version --port --host --data --durability --account --region --tls-cert --tls-key --allow-hosts --allow-origins --s3-hosts --egress --egress-ca --max-connections --max-memory --idle-timeout --request-timeout --auth --root-keys --limits --transition-ms --recovery-log-mib --seed --seed-file --hooks --glue-pending-ms --glue-json-compatibility --log-level --log-format --keep-requests --config' -- "$current"))
}
complete -F _evpoc_emu evpoc-emu

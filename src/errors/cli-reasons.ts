/** The rows of `reasons` for failures of kubectl-weft. */
export const cliReasons = {
  MultusConfigInvalid: {
    code: 7,
    retry: 'never',
    summary: 'what is to be imported is no configuration of Multus, or one with which Multus could not work',
    remedy: 'correct what the message names, or name the right source with -f, --namespace or --daemonset',
  },
  MultusConfigUnsupported: {
    code: 7,
    retry: 'never',
    summary: 'a configuration of Multus has keys which weft does not know or would act on differently',
    remedy: 'read their notes in the report; to go on without them: --allow-unsupported',
  },
  LintErrors: {
    code: 7,
    retry: 'never',
    summary: 'objects that were checked have errors, so that pods could not use them',
    remedy: 'correct what the findings name',
  },
  VersionSkew: {
    code: 7,
    retry: 'never',
    summary: 'parts of weft run that are too many versions apart',
    remedy: 'upgrade the oldest part, one minor version at a time',
  },
  OutputUnwritable: {
    code: 5,
    retry: 'later',
    summary: 'a file that was to be written could not be',
    remedy: 'check its directory, the permissions and the free space',
  },
  InputUnreadable: {
    code: 5,
    retry: 'later',
    summary: 'a file that was to be read could not be',
    remedy: 'check its name and its permissions',
  },
} as const;

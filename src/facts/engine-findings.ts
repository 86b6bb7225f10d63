/** Something that the connector does in the cluster, and may lack the right for. */
export type EngineRight =
  | 'create_index'
  | 'read_settings'
  | 'write'
  | 'refresh'
  | 'point_in_time'
  | 'search'
  | 'look_up_terms'
  | 'read_versions'
  | 'delete_by_query'
  | 'delete_index';

/** What `check` found about a search engine outside the index file. `engineFindingWords` describes it. */
export type EngineFinding =
  /** A file, a variable or AWS's credentials cannot be used. */
  | { readonly code: 'engine_config_wrong'; readonly message: string }
  /** Nobody answers there, or the answer refuses the sign-in. */
  | { readonly code: 'engine_unavailable'; readonly engineCode: string | null; readonly message: string }
  | { readonly code: 'engine_supported'; readonly version: string; readonly nodes: number | null }
  | { readonly code: 'engine_untested'; readonly version: string }
  | { readonly code: 'engine_too_old'; readonly version: string }
  /** Another program with a similar interface. Null: it does not say. */
  | { readonly code: 'engine_foreign'; readonly distribution: string | null; readonly version: string | null }
  /** The service does not have a call that the connector needs. */
  | { readonly code: 'engine_lacks_call'; readonly right: EngineRight }
  | { readonly code: 'engine_unencrypted' }
  /** The user may do everything that the connector does, in indexes with these names. */
  | { readonly code: 'engine_rights'; readonly names: string }
  | { readonly code: 'engine_right_missing'; readonly right: EngineRight; readonly names: string }
  /** The index of the test could not be removed. */
  | { readonly code: 'engine_index_left'; readonly index: string }
  /** A call failed for a reason that no other finding has. */
  | {
      readonly code: 'engine_call_failed';
      readonly right: EngineRight;
      readonly engineCode: string | null;
      readonly message: string;
    }
  /** The indexes with these names are another connection's. */
  | { readonly code: 'engine_prefix_taken'; readonly names: string; readonly connection: string }
  /** The cluster gave no node to a new index. */
  | { readonly code: 'engine_index_unassigned' }
  /** Null: the whole cluster, otherwise one index. */
  | { readonly code: 'engine_read_only'; readonly index: string | null; readonly setting: string }
  /** What could not be read, so that nothing is known about it. */
  | { readonly code: 'engine_unseen'; readonly what: 'version' | 'health' | 'settings' | 'disks' | 'blocks' }
  | { readonly code: 'engine_room'; readonly availableBytes: number; readonly percentUsed: number }
  | { readonly code: 'engine_disk_full'; readonly node: string; readonly percentUsed: number }
  | {
      readonly code: 'engine_disk_filling';
      readonly node: string;
      readonly percentUsed: number;
      readonly watermark: 'low' | 'high';
    }
  | { readonly code: 'engine_shards_short'; readonly open: number; readonly most: number; readonly needed: number }
  | { readonly code: 'engine_replicas_unassignable'; readonly replicas: number; readonly dataNodes: number }
  /** A setting of the cluster or of a new index is below what searches or writes need. */
  | {
      readonly code: 'engine_limit_low';
      readonly setting: string;
      readonly value: number;
      readonly least: number;
      readonly template: string | null;
    }
  /** A setting of the cluster or of a new index must have another value. `template` gives an index that setting. */
  | {
      readonly code: 'engine_setting_wrong';
      readonly setting: string;
      readonly value: string;
      readonly wanted: string;
      readonly template: string | null;
    };
